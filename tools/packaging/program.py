"""What the checks of binaries and images share: a program that is asked over HTTP, waiting for a condition, and a table of what was seen."""

import json
import re
import time
import tomllib
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOON_SECS = 60  # generous: an emulated program on a busy machine is slow and not broken
STOP_SECS = 10  # what systemd and compose give it
SHELLS = ["bash", "elvish", "fish", "powershell", "zsh"]


def version() -> str:
    return tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["package"]["version"]


def until(what, look, seconds=SOON_SECS):
    """What `look` gives once it gives something. An answer that does not come is nothing."""
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


def get(address, path, cookie="") -> bytes:
    asked = urllib.request.Request(f"http://{address}{path}", headers={"Cookie": cookie})
    with urllib.request.urlopen(asked, timeout=10) as answer:
        return answer.read()


def change(address, method, path, body, headers=None) -> tuple[int, str, dict]:
    """Status, text and headers of the answer to a change, asked for as the page does."""
    headers = {"Origin": f"http://{address}", "Content-Type": "application/json", **(headers or {})}
    asked = urllib.request.Request(f"http://{address}{path}", json.dumps(body).encode(), headers, method=method)
    try:
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return answer.status, answer.read().decode(), dict(answer.headers)
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), dict(error.headers)


def page(address) -> str:
    """The page is there with all that it loads first."""
    html = get(address, "/").decode()
    loads = re.findall(r'(?:src|href)="(/[^"]+\.(?:js|css|woff2|svg|png|webmanifest))"', html)
    assert any(path.endswith(".js") for path in loads), "there is no page in this binary; build web/dist first"
    size = sum(len(get(address, path)) for path in loads)
    return f"`/` and {len(loads)} files that it names, {size // 1024} KiB"


def table(checks):
    """Runs each and prints what it has seen. The first that fails ends it."""
    print("| check | what was seen |\n|---|---|", flush=True)
    for check in checks:
        begun = time.monotonic()
        seen = check()
        print(f"| {check.__name__.replace('_', ' ')} | {seen}; {time.monotonic() - begun:.1f} s |", flush=True)
