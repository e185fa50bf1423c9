#!/usr/bin/env python3
"""Whether a binary of ours, agent or receiver, works where it is: it needs nothing else, says who it is, serves its page, saves, tells a health
check how it is, and ends when it is told to. Linux, Python and binutils; for a binary of another processor, a runner.

    tools/packaging/smoke.py BINARY...
    tools/packaging/smoke.py --runner qemu-aarch64-static BINARY...
    tools/packaging/smoke.py --dynamic BINARY...      one that may need libraries of the system
"""

import argparse
import json
import os
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from program import SHELLS, SOON_SECS, STOP_SECS, change, get, page, table, until, version

DEVICES = 6
ZONE, OFFSET_SECS = "Asia/Kathmandu", 20_700


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class Binary:
    """One binary and how it is run. Its folder is new and has nothing in it."""

    def __init__(self, path: Path, runner: list[str]):
        self.path, self.runner = path, runner
        self.folder = Path(tempfile.mkdtemp())
        self.address = f"127.0.0.1:{free_port()}"
        self.environment = {}
        self.name = self.said("--version").split()[0]
        if self.name == "gsscloud":
            self.environment["GSSCLOUD_SERVER__LISTEN"] = self.address

    def command(self, *args) -> list[str]:
        return [*self.runner, str(self.path), *args]

    def run(self, *args, **how) -> subprocess.CompletedProcess:
        how = {"cwd": self.folder, "env": self.environment, "capture_output": True, "text": True, "timeout": SOON_SECS, **how}
        return subprocess.run(self.command(*args), **how)

    def said(self, *args) -> str:
        done = self.run(*args)
        assert done.returncode == 0, f"{args}: {done.returncode}: {done.stderr}"
        return done.stdout

    def healthcheck(self, wanted):
        done = self.run("healthcheck")
        assert done.returncode == wanted, f"healthcheck gives {done.returncode} and not {wanted}: {done.stdout}{done.stderr}"

    def serve(self, *args, then, by=signal.SIGTERM, health=True) -> str:
        """Starts it, does `then` once it is alive, and ends it; that must be soon and well."""
        if health:
            self.healthcheck(1)
        log_path = self.folder / "log"
        begun = time.monotonic()
        with open(log_path, "wb") as log:
            child = subprocess.Popen(self.command(*args), stdout=log, stderr=log, cwd=self.folder, env=self.environment)
        try:
            until(f"{self.name} is alive", lambda: child.poll() is None and get(self.address, "/healthz"))
            started = time.monotonic() - begun
            if health:
                self.healthcheck(0)
            seen = then()
            memory = "" if self.runner else f", {resident_mib(child.pid):.0f} MiB"
            begun = time.monotonic()
            child.send_signal(by)
            code = child.wait(STOP_SECS)
            stopped = time.monotonic() - begun
            assert code == 0, f"{by.name} ends it with {code}"
        except BaseException:
            child.kill()
            print(log_path.read_text(errors="replace")[-3000:])
            raise
        if health:
            self.healthcheck(1)
        return f"{seen}{memory}; alive after {started:.1f} s, {by.name} ends it with 0 after {stopped:.1f} s"


def resident_mib(pid) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def checks_of(binary: Binary, dynamic: bool):
    def needs_nothing():
        told = subprocess.run(["readelf", "-lWd", binary.path], capture_output=True, text=True, check=True).stdout
        needs = [line.strip() for line in told.splitlines() if "INTERP" in line or "(NEEDED)" in line]
        assert not needs, f"it is not static: {needs}"
        return f"static, {binary.path.stat().st_size:,} bytes"

    def says_who_it_is():
        assert binary.said("--version") == f"{binary.name} {version()}\n", binary.said("--version")
        assert binary.name in binary.said("--help")
        assert binary.run("nonsense").returncode == 64, "a wrong command is not 64"
        return f"{binary.name} {version()}"

    def manual_and_completions():
        binary.said("man", "--out", "man")
        pages = sorted(page.name for page in (binary.folder / "man").iterdir())
        assert f"{binary.name}.1" in pages and all(name.startswith(binary.name) for name in pages), pages
        for shell in SHELLS:
            assert binary.name in binary.said("completions", shell), shell
        return f"{len(pages)} manual pages, {len(SHELLS)} shells"

    def demo():
        def watched():
            is_up = lambda: (it := json.loads(get(binary.address, "/api/v1/summary")))["by_health"].get("up") == it["sources"] and it
            summary = until("every simulated source is up", is_up)
            assert summary["miners"]["total"] == DEVICES, summary
            return f"{summary['sources']} sources, all up"

        return binary.serve("demo", "--devices", str(DEVICES), "--listen", binary.address, then=watched, by=signal.SIGINT, health=False)

    def runs():
        # A name is looked up by the C library that is in a static binary; refused means that it was found.
        nobody = {"id": "nobody", "kind": "axeos", "address": f"localhost:{free_port()}"}
        config = {"server": {"listen": binary.address}, "agent": {"time_zone": ZONE}, "polling": {"interval_secs": 1}, "sources": [nobody]}
        path = binary.folder / "config/config.json"
        path.parent.mkdir()
        path.write_text(json.dumps(config))

        def watched():
            seen = page(binary.address)
            about = json.loads(get(binary.address, "/api/v1/agent"))
            assert about["utc_offset_secs"] == OFFSET_SECS, about
            failure = until("the source was asked", lambda: json.loads(get(binary.address, "/api/v1/readings/nobody")).get("failure"))
            assert failure["reason"] == "connection_refused", failure
            config["agent"]["name"] = "saved"
            status, text, _ = change(binary.address, "PUT", "/api/v1/config", config, {"If-Match": "*"})
            assert status == 200, (status, text)
            assert json.loads(path.read_text())["agent"]["name"] == "saved"
            return f"{seen}; zone, name and save are as wanted"

        return binary.serve("run", then=watched)

    def serves():
        def enrolled():
            assert json.loads(binary.said("agent", "add", "Garage", "--json"))["token"]
            return page(binary.address)

        def kept():
            assert "Garage" in binary.said("agent", "list")
            return "what was enrolled is there after a restart"

        return f"{binary.serve('serve', then=enrolled)}; {binary.serve('serve', then=kept)}"

    own = {"gssa": [demo, runs], "gsscloud": [serves]}[binary.name]
    return [*([] if dynamic else [needs_nothing]), says_who_it_is, manual_and_completions, *own]


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("binaries", nargs="+", type=Path, metavar="BINARY")
    asked.add_argument("--runner", default="", help="a command that the binary is run by")
    asked.add_argument("--dynamic", action="store_true", help="it may need libraries")
    asked = asked.parse_args()
    for path in asked.binaries:
        table(checks_of(Binary(path.resolve(), asked.runner.split()), asked.dynamic))
