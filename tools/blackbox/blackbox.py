"""Runs each part against the release binary and prints the table of docs/testing.md; fails on the first thing that must not be."""

import argparse
import asyncio
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import rude
from programs import Agent, Receiver
from wire import HOST, PORT, Friend


def schemathesis(folder: str, cookie: str, examples: int) -> str:
    """Requests made from the document: no answer that it does not have, no 5xx, no session that is none.

    Left out: events, which never end, the door for agents, whose bodies are the protocol's, and what would end the session. That
    everything a schema allows is accepted is not asked: which times, addresses and configurations make sense is said in words, and a
    header of ours is there in every request."""
    settings = Path(folder) / "schemathesis.toml"
    document = Path(folder) / "openapi.json"
    asking = urllib.request.Request(f"http://{HOST}:{PORT}/api/v1/openapi.json", headers={"Cookie": cookie})
    with urllib.request.urlopen(asking, timeout=10) as answer:
        document.write_bytes(answer.read())
    settings.write_text(f'[auth.openapi.session]\napi_key = "{cookie.partition("=")[2]}"\n')
    command = [
        str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(settings), "run", str(document), "--url", f"http://{HOST}:{PORT}",
        "--header", f"Origin: http://{HOST}:{PORT}", "--checks", "all",
        "--exclude-checks", "ignored_auth,missing_required_header,positive_data_acceptance",
        "--exclude-path-regex", "/events$|/password$|/setup$|^/agent$", "--exclude-operation-id", "logout",
        "--max-examples", str(examples), "--request-timeout", "20", "--seed", "7", "--no-color",
    ]  # fmt: skip
    environment = {**os.environ, "SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(Path(__file__).parent)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    print(done.stdout if done.returncode else "", end="")
    assert done.returncode == 0, "schemathesis found something; see above"
    return next(line for line in done.stdout.splitlines() if "generated," in line).strip()


async def part(program, attack, cookie: str) -> str:
    name = attack.__name__.replace("_", " ")
    program.forget_peak()
    begun = time.monotonic()
    async with Friend(program.shown, cookie) as friend:
        did, answers = await attack(program, cookie)
        seconds = time.monotonic() - begun
        await asyncio.sleep(1)
    told = ", ".join(f"{count} × {code or 'closed'}" for code, count in sorted(answers.items()))
    peak = program.memory_mib("VmHWM")
    assert not friend.failed, f"{name}: somebody else was not served {len(friend.failed)} times: {friend.failed[:3]}"
    assert peak < program.memory_max_mib, f"{name}: {peak:.0f} MiB"
    end = time.monotonic() + 60
    while program.descriptors() > program.baseline + 16 and time.monotonic() < end:
        await asyncio.sleep(0.5)
    assert program.descriptors() <= program.baseline + 16, f"{name}: {program.descriptors()} descriptors, {program.baseline} before"
    assert program.process.poll() is None and "panic" not in program.log(), program.log()[-2000:]
    return f"| {name} | {did} | {told} | {seconds:.0f} | {len(friend.waits)}, {friend.p99_ms():.0f} ms | {peak:.0f} |"


async def meet(kind, parts, asked):
    program = kind(Path(asked.bin).resolve())
    try:
        cookie = await program.log_in()
        if asked.examples and asked.only in (None, "document"):
            begun = time.monotonic()
            print(schemathesis(program.folder.name, cookie, asked.examples), f"in {time.monotonic() - begun:.0f} s, {program.memory_mib('VmHWM'):.0f} MiB")
        print(f"| {program.name} | sent | answered | seconds | somebody else: answers, p99 | memory, MiB at most |\n|---|---|---|---:|---:|---:|", flush=True)
        for attack in parts:
            if asked.only in (None, attack.__name__):
                print(await part(program, attack, cookie), flush=True)
    except BaseException:
        print(program.log()[-3000:], file=sys.stderr)
        raise
    finally:
        code = program.stop()
    assert code == 0, f"{program.name} ended with {code}"


async def main():
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--bin", default=Path(__file__).parents[2] / "target/release", help="the folder of the programs")
    asked.add_argument("--program", choices=["gssa", "gsscloud"], help="only this one")
    asked.add_argument("--examples", type=int, default=50, help="how many of each request schemathesis makes; 0 for none")
    asked.add_argument("--only", help="only the part of this name")
    asked = asked.parse_args()
    for kind, parts in [(Agent, rude.PARTS), (Receiver, rude.PARTS + rude.DOOR)]:
        if asked.program in (None, kind.name):
            await meet(kind, parts, asked)


asyncio.run(main())
