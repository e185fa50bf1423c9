"""What the images hold and how they behave where a Docker engine runs them. See `image`."""

import argparse
import json
import os
import re
import shlex
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from program import ROOT, change, get, page, table, until

NAMES = ["gssa", "gsscloud"]
REGISTRY = "ghcr.io/mmfpsolutions"
USER = "10001:10001"
HOLDS = {
    "gssa": {"gssa", "config/", "logs/"},
    "gsscloud": {"gsscloud", "config/", "logs/", "data/"},
}
LICENCES = {"LICENSE-MIT", "LICENSE-APACHE", "NOTICES.md"}
AGENT, CLOUD = "127.0.0.1:3010", "127.0.0.1:3020"
PASSWORD = "correct horse battery"
ZONE, OFFSET_SECS = "Asia/Kathmandu", 20_700


def said(*command, **how) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=300, **how)
    assert done.returncode == 0, f"{shlex.join(map(str, command))}: {done.returncode}: {done.stdout}{done.stderr}"
    return done.stdout


def assemble(folder: Path, work: Path, platform: str):
    """Each image into an archive. What the stage `build` would have made is in a folder of that name."""
    out = work / "build/out"
    for name in ["config", "logs", "data"]:
        (out / name).mkdir(parents=True)
    for file in [folder / "gssa", folder / "gsscloud", ROOT / "LICENSE-MIT", ROOT / "LICENSE-APACHE", ROOT / "web/NOTICES.md"]:
        shutil.copy(file, out)
    stages = (ROOT / "Dockerfile").read_text().partition("\nFROM scratch AS ")
    (work / "Dockerfile").write_text("".join(stages[1:]))
    buildah = ["buildah", "--storage-driver", "vfs", "--root", work / "buildah", "--runroot", work / "run"]
    for name in NAMES:
        how = ["--isolation", "chroot", "--format", "docker", "--platform", platform, "--build-context", f"build={work / 'build'}"]
        said(*buildah, "build", *how, "--target", name, "--tag", name, "--file", work / "Dockerfile", work / "build")
        said(*buildah, "push", name, f"docker-archive:{work / name}.tar:{REGISTRY}/{name}:latest")


@contextmanager
def engine(work: Path):
    """A Docker engine that knows nobody else's containers. Its bridge is in this network, which has no way out."""
    socket = f"unix://{work / 'docker.sock'}"
    command = [
        "dockerd", "--host", socket, "--storage-driver", "vfs", "--iptables=false", "--ip6tables=false", "--data-root", work / "docker",
        "--exec-root", work / "exec", "--pidfile", work / "docker.pid",
    ]  # fmt: skip
    with open(work / "dockerd.log", "wb") as log:
        child = subprocess.Popen(command, stdout=log, stderr=log)
    os.environ["DOCKER_HOST"] = socket
    try:
        until("the engine answers", lambda: subprocess.run(["docker", "version"], capture_output=True).returncode == 0)
        for name in NAMES:
            said("docker", "load", "--input", work / f"{name}.tar")
        yield
    except BaseException:
        print((work / "dockerd.log").read_text(errors="replace")[-2000:])
        for name in NAMES:
            subprocess.run(["docker", "logs", "--tail", "30", name])
        raise
    finally:
        for name in NAMES:
            subprocess.run(["docker", "rm", "--force", name], capture_output=True)
        child.terminate()
        child.wait(60)
        said("sh", "-c", f"grep --fixed-strings ' {work}/' /proc/mounts | cut -d ' ' -f 2 | tac | xargs -r umount --lazy")


def logs(name) -> str:
    return said("sh", "-c", f"docker logs {name} 2>&1")


def inspect(name) -> dict:
    return json.loads(said("docker", "inspect", name))[0]


def status(pid) -> dict:
    """What the kernel says of a process."""
    return dict(line.split(":\t", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())


def confined(name) -> str:
    """It runs as nobody in particular, may do nothing in particular, and there is nothing else to run."""
    kernel = status(inspect(name)["State"]["Pid"])
    assert kernel["Uid"].split() == ["10001"] * 4 and kernel["Gid"].split() == ["10001"] * 4, kernel["Uid"]
    assert int(kernel["CapEff"], 16) == int(kernel["CapBnd"], 16) == 0, kernel["CapBnd"]
    for shell in ["sh", "/bin/sh", "/bin/bash"]:
        assert subprocess.run(["docker", "exec", name, shell, "-c", "true"], capture_output=True).returncode in (126, 127), shell
    return "user 10001, no capability, no shell"


def healthy(name) -> str:
    """By hand with the words of the image, and by the engine."""
    test = inspect(name)["Config"]["Healthcheck"]["Test"]
    assert test == ["CMD", f"/{name}", "healthcheck"], test
    said("docker", "exec", name, *test[1:])
    begun = time.monotonic()
    until("the engine calls it healthy", lambda: inspect(name)["State"]["Health"]["Status"] == "healthy", 90)
    return f"healthy after {time.monotonic() - begun:.0f} s more"


def stops(name, *command) -> str:
    """By its own end and not by the engine's patience, after which the code were 137."""
    begun = time.monotonic()
    said(*command)
    state = inspect(name)["State"]
    assert state["ExitCode"] == 0 and not state["OOMKilled"], state
    return f"`{Path(command[0]).name} stop` ends it with 0 after {time.monotonic() - begun:.1f} s"


def set_up(config: Path) -> str:
    """The first visit from outside: closed without the code of the log, and saved with it."""
    until("the agent is alive", lambda: get(AGENT, "/healthz"))
    code = re.search(r'code="?(\w+)', logs("gssa"))
    assert code, logs("gssa")
    assert change(AGENT, "POST", "/api/v1/setup", {"code": "WRONG", "password": PASSWORD})[0] == 403
    answer, text, headers = change(AGENT, "POST", "/api/v1/setup", {"code": code[1], "password": PASSWORD})
    assert answer == 200, (answer, text)
    saved = config / "config.json"
    assert json.loads(saved.read_text())["server"]["password_hash"].startswith("$argon2"), saved.read_text()
    assert (saved.stat().st_uid, saved.stat().st_mode & 0o777) == (10001, 0o600)
    return headers["set-cookie"].split(";")[0]


def checks_of(work: Path):
    def images():
        sizes = []
        for name in NAMES:
            image = inspect(f"{REGISTRY}/{name}")
            config = image["Config"]
            assert (config["User"], config["StopSignal"], config["Entrypoint"]) == (USER, "SIGTERM", [f"/{name}"]), config
            assert set(config["Volumes"]) == {f"/{holds.strip('/')}" for holds in HOLDS[name] if holds.endswith("/")}, config["Volumes"]
            assert config["Labels"]["org.opencontainers.image.licenses"] == "MIT OR Apache-2.0", config["Labels"]
            said("docker", "create", "--name", "looked-at", f"{REGISTRY}/{name}")
            tar = subprocess.run("docker export looked-at | tar --list", shell=True, capture_output=True, text=True, check=True).stdout
            said("docker", "rm", "looked-at")
            # What the engine itself adds to every container.
            files = {file for file in tar.split() if not re.match(r"(dev|etc|proc|sys)/|\.dockerenv", file)}
            assert files == HOLDS[name] | LICENCES, files
            sizes.append(f"`{name}` {image['Size']:,} bytes in {len(files)} entries, {image['Architecture']}")
        return "; ".join(sizes)

    def docker_run():
        """The first block of docs/install.md as it stands."""
        text = (ROOT / "docs/install.md").read_text()
        block = re.search(r"## Docker\n+```sh\n(.*?)```", text, re.S)[1]
        assert "docker run" in block, block
        as_root = work / "bin/sudo"
        as_root.parent.mkdir()
        as_root.write_text('#!/bin/sh\nexec "$@"\n')
        as_root.chmod(0o755)
        said("sh", "-euc", block, cwd=work, env={**os.environ, "PATH": f"{as_root.parent}:{os.environ['PATH']}"})
        folder = work / "gssa"
        cookie = set_up(folder / "config")
        seen = [page(AGENT), confined("gssa")]
        config = json.loads(get(AGENT, "/api/v1/config", cookie))
        config |= {"logging": {"file": {"dir": "/logs"}}, "agent": {"name": "box"}}
        answer, text, _ = change(AGENT, "PUT", "/api/v1/config", config, {"If-Match": "*", "Cookie": cookie})
        assert answer == 200, (answer, text)
        seen += [healthy("gssa"), stops("gssa", "docker", "stop", "gssa")]
        said("docker", "start", "gssa")
        until("it is back with what was saved", lambda: json.loads(get(AGENT, "/api/v1/session"))["agent_name"] == "box")
        until("a log file", lambda: (folder / "logs/gssa.log").stat().st_uid == 10001)
        said("docker", "rm", "--force", "gssa")
        return "; ".join(seen)

    def compose():
        """compose.yaml as it stands, and the lines that it tells to begin with."""
        folder = work / "composed"
        folder.mkdir()
        text = (ROOT / "compose.yaml").read_text()
        (folder / "compose.yaml").write_text(text)
        for told in re.findall(r"^#\s+((?:mkdir|sudo chown) .*)$", text, re.M):
            said("sh", "-euc", told.replace("sudo ", ""), cwd=folder)
        environment = {**os.environ, "TZ": ZONE}
        command = ["docker-compose", "--file", folder / "compose.yaml"]
        said(*command, "up", "--detach", "--no-build", env=environment)
        cookie = set_up(folder / "config")
        assert status(inspect("gssa")["State"]["Pid"])["NoNewPrivs"] == "1"
        about = json.loads(get(AGENT, "/api/v1/agent", cookie))
        assert about["utc_offset_secs"] == OFFSET_SECS, about
        seen = [confined("gssa"), f"TZ={ZONE} is known without a file of zones", healthy("gssa")]
        seen.append(stops("gssa", *command, "stop"))
        said(*command, "rm", "--force")
        return "; ".join(seen)

    def compose_cloud():
        folder = work / "composed"
        command = ["docker-compose", "--file", folder / "compose.yaml", "--profile", "cloud"]
        said(*command, "up", "--detach", "--no-build", "gsscloud")
        alive = ["docker", "exec", "gsscloud", "/gsscloud", "healthcheck"]
        until("it is alive", lambda: subprocess.run(alive, capture_output=True).returncode == 0)
        added = said("docker", "exec", "gsscloud", "/gsscloud", "agent", "add", "Garage", "--json")
        assert json.loads(added)["token"], added
        seen = [confined("gsscloud"), healthy("gsscloud")]
        assert (folder / "cloud/data/gsscloud.redb").stat().st_uid == 10001
        seen.append(stops("gsscloud", *command, "stop"))
        return "; ".join(seen)

    return [images, docker_run, compose, compose_cloud]


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path, help="where gssa and gsscloud are")
    asked.add_argument("--platform", default="linux/amd64", help="what they are for")
    asked = asked.parse_args()
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    with tempfile.TemporaryDirectory() as work:
        work = Path(work)
        assemble(asked.folder, work, asked.platform)
        with engine(work):
            table(checks_of(work))
