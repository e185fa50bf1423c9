"""The agent under test, with simulated devices, a password, and a caller that it must go on serving."""

import asyncio
import json
import os
import re
import signal
import statistics
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

PASSWORD = "correct horse battery"
HOST, PORT, DEVICES_PORT = "127.0.0.1", 3910, 3911
FRIEND, RUDE = "127.0.0.2", "127.0.0.3"


class Agent:
    """`gssa run` over the devices of a `gssa demo` beside it."""

    def __init__(self, program: str):
        self.folder = tempfile.TemporaryDirectory()
        self.devices = self._start([program, "demo", "--devices", "24", "--listen", f"{HOST}:{DEVICES_PORT}"], "demo")
        config = json.loads(_eventually(lambda: _get(DEVICES_PORT, "/api/v1/config")))
        for source in config["sources"]:
            source.pop("credentials", None)
        hashed = subprocess.run([program, "hash-password"], input=PASSWORD, text=True, capture_output=True, check=True)
        config["server"] = {"listen": f"{HOST}:{PORT}", "password_hash": hashed.stdout.strip()}
        file = Path(self.folder.name) / "config.json"
        file.write_text(json.dumps(config))
        self.agent = self._start([program, "run", "--config", str(file)], "agent")
        _eventually(lambda: _get(PORT, "/healthz"))
        self.baseline = self.descriptors()

    def _start(self, command, name):
        log = open(Path(self.folder.name) / f"{name}.log", "wb")
        return subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder.name, env={})

    def log(self) -> str:
        return (Path(self.folder.name) / "agent.log").read_text(errors="replace")

    def descriptors(self) -> int:
        return len(os.listdir(f"/proc/{self.agent.pid}/fd"))

    def memory_mib(self, which="VmRSS") -> float:
        status = Path(f"/proc/{self.agent.pid}/status").read_text()
        return int(re.search(rf"{which}:\s+(\d+)", status)[1]) / 1024

    def forget_peak(self):
        Path(f"/proc/{self.agent.pid}/clear_refs").write_text("5")

    def stop(self) -> int:
        self.agent.send_signal(signal.SIGTERM)
        code = self.agent.wait(20)
        self.devices.kill()
        self.devices.wait()
        return code


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


class Friend:
    """Somebody who uses the agent meanwhile, from another address than the rude ones, and wants an answer each time."""

    def __init__(self, cookie):
        self.cookie, self.waits, self.failed = cookie, [], []

    async def __aenter__(self):
        self.task = asyncio.create_task(self._ask())
        return self

    async def __aexit__(self, *_):
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)

    async def _ask(self):
        while True:
            begun = time.monotonic()
            try:
                answer = await asyncio.wait_for(exchange(request("GET", "/api/v1/summary", self.cookie), FRIEND), 10)
            except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
                answer = repr(error).encode()
            self.waits.append(time.monotonic() - begun)
            if status(answer) != 200:
                self.failed.append(answer[:120])
            await asyncio.sleep(0.05)

    def p99_ms(self) -> float:
        if len(self.waits) < 2:
            return max(self.waits, default=0) * 1000
        return statistics.quantiles(self.waits, n=100)[98] * 1000


def request(method, path, cookie="", extra="", host=f"{HOST}:{PORT}", body="") -> bytes:
    own = f"Cookie: {cookie}\r\n" if cookie else ""
    length = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body or method in ("POST", "PUT") else ""
    return f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{own}{extra}{length}\r\n{body}".encode()


async def connect(source=RUDE):
    return await asyncio.open_connection(HOST, PORT, local_addr=(source, 0), limit=1 << 24)


async def exchange(sent: bytes, source=RUDE, seconds=40) -> bytes:
    """What comes back until the other end closes, at most 16 MiB."""
    reader, writer = await connect(source)
    try:
        try:
            writer.write(sent)
            await asyncio.wait_for(writer.drain(), seconds)
        except ConnectionError:
            pass  # it may have said enough and gone
        try:
            return await asyncio.wait_for(reader.read(-1), seconds)
        except ConnectionError:
            return b"reset"
    finally:
        writer.close()


def status(answer: bytes) -> int:
    found = re.match(rb"HTTP/1\.[01] (\d{3})", answer)
    return int(found[1]) if found else 0


async def log_in() -> str:
    body = json.dumps({"password": PASSWORD})
    origin = f"Origin: http://{HOST}:{PORT}\r\n"
    answer = await exchange(request("POST", "/api/v1/session", extra=origin, body=body), FRIEND)
    found = re.search(rb"(?i)set-cookie: ([^;]+)", answer)
    assert found, answer
    return found[1].decode()
