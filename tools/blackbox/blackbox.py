"""Runs each part against the release binary and prints the table of docs/testing.md; fails on the first thing that must not be."""

import argparse
import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

import rude
from agent import HOST, PORT, Agent, Friend, log_in

MEMORY_MAX_MIB = 64


def schemathesis(cookie: str, examples: int) -> str:
    """Requests made from the document: no answer that it does not have, no 5xx, no session that is none.

    Left out: events, which never end, and what would end the session. That everything a schema allows is accepted is not asked: which
    times, addresses and configurations make sense is said in words, and a header of ours is there in every request."""
    command = [
        str(Path(sys.executable).with_name("schemathesis")), "run", f"http://{HOST}:{PORT}/api/v1/openapi.json",
        "--header", f"Cookie: {cookie}", "--header", f"Origin: http://{HOST}:{PORT}", "--checks", "all",
        "--exclude-checks", "ignored_auth,missing_required_header,positive_data_acceptance",
        "--exclude-path-regex", "/events$|/password$|/setup$", "--exclude-operation-id", "logout",
        "--max-examples", str(examples), "--request-timeout", "20", "--seed", "7", "--no-color",
    ]  # fmt: skip
    environment = {**os.environ, "SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(Path(__file__).parent)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    print(done.stdout if done.returncode else "", end="")
    assert done.returncode == 0, "schemathesis found something; see above"
    return next(line for line in done.stdout.splitlines() if "generated," in line).strip()


async def part(agent: Agent, name: str, attack, cookie: str) -> str:
    agent.forget_peak()
    begun = time.monotonic()
    async with Friend(cookie) as friend:
        did, answers = await attack(cookie)
        seconds = time.monotonic() - begun
        await asyncio.sleep(1)
    told = ", ".join(f"{count} × {code or 'closed'}" for code, count in sorted(answers.items()))
    peak = agent.memory_mib("VmHWM")
    assert not friend.failed, f"{name}: somebody else was not served {len(friend.failed)} times: {friend.failed[:3]}"
    assert peak < MEMORY_MAX_MIB, f"{name}: {peak:.0f} MiB"
    end = time.monotonic() + 60
    while agent.descriptors() > agent.baseline + 16 and time.monotonic() < end:
        await asyncio.sleep(0.5)
    assert agent.descriptors() <= agent.baseline + 16, f"{name}: {agent.descriptors()} descriptors, {agent.baseline} before"
    assert agent.agent.poll() is None and "panic" not in agent.log(), agent.log()[-2000:]
    return f"| {name} | {did} | {told} | {seconds:.0f} | {len(friend.waits)}, {friend.p99_ms():.0f} ms | {peak:.0f} |"


async def main():
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--bin", default=Path(__file__).parents[2] / "target/release/gssa", help="the agent")
    asked.add_argument("--examples", type=int, default=50, help="how many of each request schemathesis makes; 0 for none")
    asked.add_argument("--only", help="only the part of this name")
    asked = asked.parse_args()
    agent = Agent(str(Path(asked.bin).resolve()))
    try:
        cookie = await log_in()
        if asked.examples and asked.only in (None, "document"):
            begun = time.monotonic()
            print(schemathesis(cookie, asked.examples), f"in {time.monotonic() - begun:.0f} s, {agent.memory_mib('VmHWM'):.0f} MiB")
        print("| what | sent | answered | seconds | somebody else: answers, p99 | memory, MiB at most |\n|---|---|---|---:|---:|---:|", flush=True)
        for attack in rude.PARTS:
            if asked.only in (None, attack.__name__):
                print(await part(agent, attack.__name__.replace("_", " "), attack, cookie), flush=True)
    except BaseException:
        print(agent.log()[-3000:], file=sys.stderr)
        raise
    finally:
        code = agent.stop()
    assert code == 0, f"the agent ended with {code}"


asyncio.run(main())
