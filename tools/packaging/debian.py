"""What the Debian package holds, and how it is to install, to use and to remove. See `debian`."""

import argparse
import json
import re
import shlex
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from program import table, until, version

ADDRESS = "127.0.0.1:3010"
KEEPER = ["--include=systemd,systemd-sysv,dbus,man-db,bash-completion,curl,procps", "--variant=minbase", "bookworm"]
FILES = {
    "usr/bin/gssa", "usr/lib/systemd/system/gssa.service", "usr/share/man/man1/gssa.1.gz", "usr/share/man/man1/gssa-run.1.gz",
    "usr/share/bash-completion/completions/gssa", "usr/share/zsh/vendor-completions/_gssa", "usr/share/fish/vendor_completions.d/gssa.fish",
    "usr/share/doc/gssa/copyright", "usr/share/doc/gssa/config.example.json", "usr/share/doc/gssa/NOTICES.md",
}  # fmt: skip
DROP_IN = "/etc/systemd/system/gssa.service.d"
# What systemd-analyze calls `OK`; the docs of systemd call less than 2 well kept.
EXPOSURE_AT_MOST = 1.5


def said(*command, **how) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=300, **how)
    assert done.returncode == 0, f"{shlex.join(map(str, command))}: {done.returncode}: {done.stdout}{done.stderr}"
    return done.stdout


class System:
    """A Debian that runs, in a network of its own. What is written into it is gone afterwards."""

    def __init__(self, leader: int):
        inside = ["nsenter", "--all", "--target", str(leader), "env", "-i"]
        self.inside = [*inside, "PATH=/usr/bin:/usr/sbin:/bin:/sbin", "LC_ALL=C.UTF-8", "DEBIAN_FRONTEND=noninteractive"]

    def tries(self, *command) -> str:
        return subprocess.run([*self.inside, *command], capture_output=True, text=True).stdout

    def run(self, *command) -> str:
        return said(*self.inside, *command)

    def sh(self, script) -> str:
        return self.run("bash", "-euc", script)

    def get(self, path):
        return json.loads(self.sh(f"curl --silent --show-error --fail --max-time 10 http://{ADDRESS}{path}"))

    def alive(self):
        until("the agent is alive", lambda: self.sh(f"curl --silent --max-time 5 http://{ADDRESS}/healthz || true"))

    def unit(self, name) -> str:
        return self.run("systemctl", "show", "--value", "--property", name, "gssa").strip()

    def save(self, config):
        headers = f"-H 'Origin: http://{ADDRESS}' -H 'If-Match: *' -H 'Content-Type: application/json'"
        self.sh(f"curl --silent --show-error --fail-with-body -X PUT {headers} --data {shlex.quote(json.dumps(config))} http://{ADDRESS}/api/v1/config")


def leader_below(nspawn) -> str | None:
    """The first process of the new system. On its way nspawn has another child for a moment."""
    for pid in subprocess.run(["pgrep", "--parent", str(nspawn)], capture_output=True, text=True).stdout.split():
        if re.search(r"^NSpid:\t\d+\t1$", Path(f"/proc/{pid}/status").read_text(), re.M):
            return pid
    return None


@contextmanager
def booted(folder: Path, log: Path):
    command = ["systemd-nspawn", "--register=no", "--keep-unit", "--private-network", "--volatile=overlay", "--directory", folder, "--boot"]
    with open(log, "wb") as told:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=told, stderr=told)
    try:
        system = System(int(until("systemd runs", lambda: leader_below(child.pid))))
        until("the system is up", lambda: system.tries("systemctl", "is-system-running").strip() in ("running", "degraded"), 300)
        system.sh("echo 127.0.0.1 localhost > /etc/hosts")  # an installer writes it, debootstrap does not
        yield system
    except BaseException:
        print(log.read_text(errors="replace")[-2000:])
        raise
    finally:
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(60)
        except subprocess.TimeoutExpired:
            child.kill()


def checks_of(package: Path, system: System):
    def holds():
        lines = said("dpkg-deb", "--contents", package).splitlines()
        files = {line.split()[5].removeprefix("./"): line.split() for line in lines if not line.startswith("d")}
        missing = {file for file in FILES if file not in files}
        assert not missing, f"not in it: {missing}"
        strange = [file for file in files if "gsscloud" in file]
        assert not strange, f"of the receiver: {strange}"
        assert all(line[1] in ("root/root", "0/0") for line in files.values()), "something is not root's"
        kilobytes = said("dpkg-deb", "--field", package, "Installed-Size").strip()
        assert said("dpkg-deb", "--field", package, "Version").startswith(version())
        return f"{len(files)} files, {package.stat().st_size:,} bytes, {kilobytes} KiB installed"

    def lintian():
        told = subprocess.run(["lintian", "--allow-root", "--tag-display-limit", "0", package], capture_output=True, text=True).stdout
        errors = [line for line in told.splitlines() if line.startswith("E:")]
        assert not errors, "\n".join(errors)
        warnings = [line.split()[2] for line in told.splitlines() if line.startswith("W:")]
        return f"no error, {len(warnings)} warnings {sorted(set(warnings))}"

    def installs():
        with open(package, "rb") as file:
            subprocess.run([*system.inside, "sh", "-c", "cat > /tmp/gssa.deb"], stdin=file, check=True)
        begun = time.monotonic()
        system.run("apt-get", "install", "--yes", "/tmp/gssa.deb")
        system.alive()
        seconds = time.monotonic() - begun
        assert system.run("systemctl", "is-active", "gssa").strip() == "active"
        assert system.run("systemctl", "is-enabled", "gssa").strip() == "enabled"
        assert "<script" in system.sh(f"curl --silent --fail http://{ADDRESS}/"), "there is no page in it"
        return f"installed and answering after {seconds:.1f} s"

    def is_caged():
        status = dict(line.split(":\t", 1) for line in system.sh(f"cat /proc/{system.unit('MainPID')}/status").splitlines())
        assert status["Uid"].split()[0] != "0" and int(status["CapBnd"], 16) == 0 and int(status["CapEff"], 16) == 0, status
        assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2"), status
        told = system.run("systemd-analyze", "security", "gssa")
        exposure = float(re.search(r"exposure level for gssa.service: ([\d.]+)", told)[1])
        assert exposure <= EXPOSURE_AT_MOST, told
        said_of_unit = system.sh("systemd-analyze verify gssa.service 2>&1")
        assert not said_of_unit.strip(), said_of_unit
        return f"user {status['Uid'].split()[0]}, no capability, system calls filtered; exposure {exposure}"

    def works_in_it():
        """It saves, reads its machine, searches its networks, and looks names up."""
        sources = [
            {"id": "here", "kind": "host", "address": "local"},
            {"id": "nobody", "kind": "axeos", "address": "localhost:9"},
        ]
        system.save({"agent": {"name": "caged", "time_zone": "Asia/Kathmandu"}, "polling": {"interval_secs": 1}, "sources": sources})
        saved = json.loads(system.sh("cat /var/lib/gssa/config.json"))
        assert saved["agent"]["name"] == "caged"
        assert system.sh("stat --format %a /var/lib/private/gssa /var/lib/private/gssa/config.json").split() == ["700", "600"]
        reading = until("a reading of the machine", lambda: (it := system.get("/api/v1/readings/here")).get("snapshot") and it)
        assert reading["health"] == "up", reading
        gaps = reading["snapshot"].get("gaps", [])
        failure = until("the source was asked", lambda: system.get("/api/v1/readings/nobody").get("failure"))
        assert failure["reason"] == "connection_refused", failure
        said_of = system.get("/api/v1/agent")
        return f"saved; this machine is up with {len(gaps)} gaps {[gap.get('field') for gap in gaps]}; {said_of['resident_bytes'] / 2**20:.0f} MiB"

    def is_followed():
        """Reload, an environment by a drop-in with the code in the journal, and a restart after a crash."""
        system.sh("sed -i 's/caged/edited/' /var/lib/private/gssa/config.json && systemctl reload gssa")
        until("the new name", lambda: system.get("/api/v1/agent")["name"] == "edited")
        system.sh(
            f"mkdir -p {DROP_IN} && printf '[Service]\\nEnvironment=GSSA_SERVER__LISTEN=0.0.0.0:3010\\n' > {DROP_IN}/override.conf && "
            "systemctl daemon-reload && systemctl restart gssa"
        )
        until("the code in the journal", lambda: "code=" in system.sh("journalctl --unit gssa --output cat"))
        before = system.unit("MainPID")
        system.run("systemctl", "kill", "--signal", "KILL", "gssa")
        until("it is back", lambda: system.unit("MainPID") not in ("0", before) and system.unit("ActiveState") == "active")
        return "reloaded; the code of the first visit is in the journal; back after a kill"

    def manual_and_completion():
        page = system.sh("MANPAGER=cat MANWIDTH=100 man gssa | head -3")
        assert "gssa" in page, page
        script = "source /usr/share/bash-completion/bash_completion; source /usr/share/bash-completion/completions/gssa; complete -p gssa"
        return f"`{system.run('bash', '-c', script).strip().split()[-1]}` has completions"

    def is_removed():
        system.run("systemctl", "stop", "gssa")
        result = system.unit("Result"), system.unit("ExecMainStatus")
        assert result == ("success", "0"), result
        system.run("systemctl", "start", "gssa")
        system.run("apt-get", "remove", "--yes", "gssa")
        assert json.loads(system.sh("cat /var/lib/private/gssa/config.json"))["agent"]["name"] == "edited"
        system.run("apt-get", "purge", "--yes", "gssa")
        assert system.sh("pgrep --exact gssa || true") == ""
        files = system.sh("find / -xdev -regex '.*/_?gssa\\b.*' -not -path '/proc/*' -not -path '/var/cache/*'").split()
        left = {file for file in files if not file.startswith((DROP_IN, "/tmp/"))}
        assert not left, f"left behind: {left}"
        return "stops with 0; removed it leaves the configuration, purged nothing"

    return [holds, installs, is_caged, works_in_it, is_followed, manual_and_completion, is_removed, lintian]


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("package", type=Path, metavar="PACKAGE.deb")
    asked.add_argument("--system", type=Path, help="where the new system is kept; made if it is missing")
    asked = asked.parse_args()
    with tempfile.TemporaryDirectory() as work:
        folder = asked.system or Path(work) / "system"
        if not (folder / "usr/bin/systemctl").exists():
            subprocess.run(["debootstrap", *KEEPER, folder], check=True, stdout=subprocess.DEVNULL)
        with booted(folder, Path(work) / "log") as system:
            table(checks_of(asked.package.resolve(), system))
