"""One part for each trouble: what the agent says of it, that it goes on, and that it is well again afterwards. See `run`."""

import argparse
import glob
import json
import os
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LISTEN = "127.0.0.1:3912"
FIXTURE = ROOT / "fixtures/axeos/gamma/v2.14.0"
SERVER = """
import http.server, sys, os
os.chdir(sys.argv[2])
class Device(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        file = {"/api/system/info": "info.json", "/api/system/asic": "asic.json"}.get(self.path)
        body = open(file, "rb").read() if file and os.path.exists(file) else b""
        self.send_response(200 if body else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass
http.server.ThreadingHTTPServer((sys.argv[1], 80), Device).serve_forever()
"""


def sh(command):
    subprocess.run(command, shell=True, check=True)


def until(what, look, seconds=45):
    end = time.monotonic() + seconds
    while True:
        try:
            found = look()
        except OSError:
            found = None
        if found:
            return found
        assert time.monotonic() < end, f"not in {seconds} s: {what}"
        time.sleep(0.1)


class Agent:
    def __init__(self, folder: Path, config: dict | None, environment=None, as_user=None, config_path=None):
        self.path = config_path or folder / "config.json"
        if config is not None:
            self.path.write_text(json.dumps({"server": {"listen": LISTEN}, **config}))
        self.log_path = Path(tempfile.mkstemp(suffix=".log")[1])
        command = [PROGRAM, "run", "--config", str(self.path), "--listen", LISTEN]
        user = {"user": as_user, "group": as_user, "extra_groups": []} if as_user else {}
        with open(self.log_path, "wb") as log:
            self.child = subprocess.Popen(command, stdout=log, stderr=log, cwd="/", env=environment or {}, **user)
        until("the agent answers", lambda: self.get("/healthz"))

    def __enter__(self):
        return self

    def __exit__(self, failed, *_):
        self.child.send_signal(signal.SIGTERM)
        code = self.child.wait(20)
        if failed:
            print(self.log()[-3000:])
        else:
            assert code == 0 and "panic" not in self.log(), self.log()[-3000:]
        self.log_path.unlink()

    def log(self):
        return self.log_path.read_text(errors="replace")

    def get(self, path):
        with urllib.request.urlopen(f"http://{LISTEN}{path}", timeout=10) as answer:
            return json.load(answer)

    def reading(self, source="miner"):
        return self.get(f"/api/v1/readings/{source}")

    def when(self, what, is_so, seconds=45):
        """The reading, once it is as wanted."""

        def look():
            reading = self.reading()
            return reading if is_so(reading) else None

        try:
            return until(what, look, seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}; it is {self.reading()}") from None

    def save(self, name):
        """The status and the text of the answer to a change of the configuration."""
        body = json.dumps({"server": {"listen": LISTEN}, "agent": {"name": name}}).encode()
        headers = {"Origin": f"http://{LISTEN}", "If-Match": "*", "Content-Type": "application/json"}
        asked = urllib.request.Request(f"http://{LISTEN}/api/v1/config", body, headers, method="PUT")
        try:
            with urllib.request.urlopen(asked, timeout=10) as answer:
                return answer.status, ""
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)["detail"]


@contextmanager
def disk(options):
    """A file system in memory."""
    folder = Path(tempfile.mkdtemp())
    sh(f"mount -t tmpfs -o {options},nr_inodes=1000 tmpfs {folder}")
    try:
        yield folder
    finally:
        sh(f"umount -l {folder}")
        folder.rmdir()


def refuses_and_keeps(agent, words):
    """A save fails with a status of a server in trouble and in plain words, and changes nothing."""
    before = agent.path.read_bytes() if agent.path.exists() else None
    status, detail = agent.save("another")
    assert status >= 500, (status, detail)
    assert words.lower() in detail.lower(), detail
    assert (agent.path.read_bytes() if agent.path.exists() else None) == before, "the file is another one"
    assert agent.get("/api/v1/agent")["name"] != "another", "what was not saved is in force"
    return f"{status}: {detail}"


def fill(file):
    """Writes until there is no room."""
    try:
        while True:
            file.write(b"a" * 4096)
    except OSError:
        pass


def full_disk():
    with disk("size=1m") as folder, Agent(folder, {"agent": {"name": "first"}}) as agent:
        filler = folder / "filler"
        with open(filler, "wb", buffering=0) as file:
            fill(file)
        said = refuses_and_keeps(agent, "no storage space")
        for kept in (folder / "versions").glob("*.json"):
            json.loads(kept.read_text())  # whole, or not there
        filler.unlink()
        assert agent.save("second") == (200, ""), "with room again it saves"
    return said


def full_disk_for_logs():
    with disk("size=256k") as folder, disk("size=1m") as logs:
        config = {"logging": {"level": "trace", "file": {"dir": str(logs)}}, "polling": {"interval_secs": 1}}
        with open(logs / "filler", "wb", buffering=0) as file:
            fill(file)
        with Agent(folder, {**config, "sources": [{"id": "miner", "kind": "axeos", "address": "127.0.0.1:9"}]}) as agent:
            agent.when("it goes on", lambda it: it.get("failure", {}).get("in_a_row", 0) >= 3)
    return "it goes on polling and answering"


def read_only_disk():
    with disk("size=256k") as folder, Agent(folder, {"agent": {"name": "first"}}) as agent:
        sh(f"mount -o remount,ro {folder}")
        said = refuses_and_keeps(agent, "read-only")
        sh(f"mount -o remount,rw {folder}")
        assert agent.save("second") == (200, "")
    return said


def missing_folder():
    folder = Path(tempfile.mkdtemp())
    path = folder / "not" / "there" / "config.json"
    with Agent(folder, None, config_path=path) as agent:
        assert agent.save("made") == (200, "")
        assert json.loads(path.read_text())["agent"]["name"] == "made"
        assert path.parent.stat().st_mode & 0o777 == 0o700
    return "made with the first save, for the owner only"


def no_permission():
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    with Agent(folder, {}, as_user=65534) as agent:
        agent.path.chmod(0o644)
        said = refuses_and_keeps(agent, "Permission denied")
    return said


def unreadable_file():
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    path = folder / "config.json"
    path.write_text("{}")
    path.chmod(0o600)
    with Agent(folder, None, as_user=65534, config_path=path) as agent:
        state = agent.get("/api/v1/session")["file"]
        assert state["state"] == "unreadable" and "permission" in state["message"].lower(), state
    return f"unreadable: {state['message']}"


def clock_jumps():
    library = next(iter(glob.glob("/usr/lib/*/faketime/libfaketime.so.1")), None)
    assert library, "libfaketime is missing: apt-get install faketime"
    folder = Path(tempfile.mkdtemp())
    clock = folder / "clock"
    clock.write_text("+0")
    environment = {
        "LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }  # fmt: skip
    with device("127.0.0.7"):
        config = {"polling": {"interval_secs": 1}, "sources": [{"id": "miner", "kind": "axeos", "address": "127.0.0.7"}]}
        with Agent(folder, config, environment) as agent:
            loaded = Path(f"/proc/{agent.child.pid}/maps").read_text()
            assert "libfaketime" in loaded, "the clock of a static binary cannot be set: name a dynamic one"
            agent.when("it is up", lambda it: it["health"] == "up")
            for jump, day in [("+1d", 86_400), ("-1d", -86_400), ("+30d", 30 * 86_400), ("+0", 0)]:
                clock.write_text(jump)
                about = time.time() + day

                def is_at(reading, about=about):
                    observed = time.mktime(time.strptime(reading["observed_at"][:19], "%Y-%m-%dT%H:%M:%S")) - time.timezone
                    return reading["health"] == "up" and abs(observed - about) < 600

                agent.when(f"readings have the time after the jump to {jump}", is_at)
                behind = agent.get("/api/v1/agent")["behind_ms"]
                assert behind < 5000, f"polls are {behind} ms behind after {jump}"
    return "a day on, two back, a month on, back: readings go on each second with the new time"


@contextmanager
def device(address, inside=()):
    """A device with the replies of a fixture, in another network if so wanted."""
    child = subprocess.Popen([*inside, "python3", "-c", SERVER, address, str(FIXTURE)])
    try:
        yield child
    finally:
        child.kill()
        child.wait()


def names():
    """A name that nobody knows, then a resolver that never answers."""
    folder = Path(tempfile.mkdtemp())
    resolver = folder / "resolv.conf"
    said = []
    for text, wanted in [("", ["name_not_found"]), ("nameserver 127.0.0.99\noptions timeout:1 attempts:1\n", ["name_not_found", "timeout"])]:
        resolver.write_text(text)
        sh(f"mount --bind {resolver} /etc/resolv.conf")
        try:
            config = {"polling": {"interval_secs": 1}, "sources": [{"id": "miner", "kind": "axeos", "address": "miner.invalid"}]}
            with Agent(folder, config) as agent:
                reading = agent.when("it fails", lambda it: it.get("failure"))
                assert reading["failure"]["reason"] in wanted, reading
                said.append(reading["failure"]["detail"])
        finally:
            sh("umount /etc/resolv.conf")
    return "; ".join(said)


def interface_down():
    """The interface goes away and comes back."""
    other = subprocess.Popen(["unshare", "--net", "sleep", "600"])
    try:
        until("another network", lambda: os.readlink(f"/proc/{other.pid}/ns/net") != os.readlink("/proc/self/ns/net"))
        inside = ["nsenter", "--net", "--target", str(other.pid)]
        sh(f"ip link add home type veth peer name far && ip link set far netns {other.pid}")
        sh("ip address add 10.88.0.1/24 dev home && ip link set home up")
        sh(" ".join(inside) + " sh -c 'ip address add 10.88.0.2/24 dev far && ip link set far up && ip link set lo up'")
        folder = Path(tempfile.mkdtemp())
        config = {"polling": {"interval_secs": 1, "timeout_ms": 1000}, "sources": [{"id": "miner", "kind": "axeos", "address": "10.88.0.2"}]}
        with device("10.88.0.2", inside), Agent(folder, config) as agent:
            agent.when("it is up", lambda it: it["health"] == "up")
            sh("ip link set home down")
            failed = agent.when("it is down", lambda it: it["health"] == "down")["failure"]
            assert failed["reason"] in ("no_route", "timeout"), failed
            sh("ip link set home up")
            agent.when("it is up again", lambda it: it["health"] == "up")
        return f"{failed['reason']}: {failed['detail']}; up again by itself"
    finally:
        other.kill()
        other.wait()


PARTS = [full_disk, full_disk_for_logs, read_only_disk, missing_folder, no_permission, unreadable_file, clock_jumps, names, interface_down]

if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--bin", default=ROOT / "target/release/gssa", help="the agent")
    asked.add_argument("--only", help="only the part of this name")
    asked = asked.parse_args()
    PROGRAM = str(Path(asked.bin).resolve())
    sh("ip link set lo up")
    os.environ["TZ"] = "UTC"
    time.tzset()
    print("| trouble | what the agent says |\n|---|---|", flush=True)
    for part in PARTS:
        if asked.only in (None, part.__name__):
            print(f"| {part.__name__.replace('_', ' ')} | {part()} |", flush=True)
