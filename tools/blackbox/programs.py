"""The programs under test: each with something in it, a password, and what of its surface the rude clients go for."""

import json
import os
import re
import signal
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

from wire import FRIEND, HOST, ORIGIN, PORT, exchange, request

PASSWORD = "correct horse battery"
DEVICES_PORT = 3911


class Program:
    """A running program."""

    name: str
    #: The body of a login.
    login: dict
    #: What a session may read, what takes JSON from one, and what never ends.
    shown: str
    takes: str
    stream: str
    #: How a change is made with a session.
    changes: list
    #: What an answer without a session must not have in it.
    private: list
    #: The memory that rudeness may cost.
    memory_max_mib: int

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.helpers = []

    def started(self, command):
        self.process = self._start(command, self.name)
        _eventually(lambda: _get(PORT, "/healthz"))
        self.baseline = self.descriptors()

    def _start(self, command, name):
        log = open(Path(self.folder.name) / f"{name}.log", "wb")
        return subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder.name, env={})

    def log(self) -> str:
        return (Path(self.folder.name) / f"{self.name}.log").read_text(errors="replace")

    def descriptors(self) -> int:
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def memory_mib(self, which="VmRSS") -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"{which}:\s+(\d+)", status)[1]) / 1024

    def forget_peak(self):
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(20)
        for helper in self.helpers:
            helper.kill()
            helper.wait()
        return code

    async def log_in(self) -> str:
        body = json.dumps(self.login)
        answer = await exchange(request("POST", "/api/v1/session", extra=ORIGIN, body=body), FRIEND)
        found = re.search(rb"(?i)set-cookie: ([^;]+)", answer)
        assert found, answer
        return found[1].decode()


class Agent(Program):
    """`gssa run` over the devices of a `gssa demo` beside it."""

    name = "gssa"
    login = {"password": PASSWORD}
    shown, takes, stream = "/api/v1/readings", "/api/v1/config/check", "/api/v1/events?view=table"
    changes = [("PUT", "/api/v1/config", "If-Match: *\r\n", "{}"), ("POST", "/api/v1/token", "", '{"name":"x"}'), ("DELETE", "/api/v1/session", "", "")]  # fmt: skip
    private = [b'"sources":', b'"readings":', b"password_hash", b"# TYPE gssa"]
    memory_max_mib = 64

    def __init__(self, folder: Path):
        super().__init__()
        program = str(folder / "gssa")
        self.helpers.append(self._start([program, "demo", "--devices", "24", "--listen", f"{HOST}:{DEVICES_PORT}"], "demo"))
        config = json.loads(_eventually(lambda: _get(DEVICES_PORT, "/api/v1/config")))
        for source in config["sources"]:
            source.pop("credentials", None)
        hashed = subprocess.run([program, "hash-password"], input=PASSWORD, text=True, capture_output=True, check=True)
        config["server"] = {"listen": f"{HOST}:{PORT}", "password_hash": hashed.stdout.strip()}
        file = Path(self.folder.name) / "config.json"
        file.write_text(json.dumps(config))
        self.started([program, "run", "--config", str(file)])


class Receiver(Program):
    """`gsscloud serve` with an administrator."""

    name = "gsscloud"
    login = {"user": "ada", "password": PASSWORD}
    shown, takes, stream = "/api/v1/agents", "/api/v1/users", "/api/v1/events"
    changes = [("POST", "/api/v1/users", "", '{"name":"x","password":"a long password"}'), ("PUT", "/api/v1/users/ada/admin", "", ""), ("DELETE", "/api/v1/session", "", "")]  # fmt: skip
    private = [b'"agents":', b"# TYPE gsscloud"]
    memory_max_mib = 256

    def __init__(self, folder: Path):
        super().__init__()
        program, data = str(folder / "gsscloud"), str(Path(self.folder.name) / "data")
        config = Path(self.folder.name) / "gsscloud.json"
        config.write_text(json.dumps({"server": {"allowed_hosts": [HOST]}, "limits": {"agents": 1000}}))
        self.started([program, "serve", "--config", str(config), "--data", data, "--listen", f"{HOST}:{PORT}"])
        subprocess.run([program, "user", "add", "ada", "--admin", "--data", data], input=PASSWORD, text=True, check=True, capture_output=True)
        self.enrolling, self.enrolled = [program, "agent", "add", "--json", "--data", data], 0

    def enrol(self) -> str:
        """The token of a new agent: what came before may have taken those that were there. A name is taken once."""
        self.enrolled += 1
        added = subprocess.run([*self.enrolling, f"Garage {self.enrolled}"], check=True, stdout=subprocess.PIPE)
        return json.loads(added.stdout)["token"]


def _get(port, path):
    with urllib.request.urlopen(f"http://{HOST}:{port}{path}", timeout=5) as answer:
        return answer.read()


def _eventually(attempt, seconds=30):
    end = time.monotonic() + seconds
    while True:
        try:
            return attempt()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
