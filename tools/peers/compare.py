"""Compares what three programs make of the same simulated miners: ours, pyasic and asic-rs.

Started by `run`, in a network of its own, because the other two insist on ports 80 and 4028. One device of each model, whose
figures stand still. Ends with 1 when there is a difference that `explained.py` does not name, or when it names one that is not
there.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import namedtuple
from contextlib import contextmanager
from pathlib import Path

from explained import EXPLAINED

PORTS = {
    "axeos": ["--port", "80"],
    "antminer": ["--port", "4028", "--web-port", "80"],
    "canaan": ["--port", "4028"],
    "cgminer": ["--port", "4028", "--web-port", "80"],
}
# The figures, and how far two of them may be apart: as a part of ours, and in the unit of the figure.
FIGURES = {
    "hashrate": (1e-4, 0),
    "fans": (0, 1),
    "board": (0, 1),
    "chip": (0, 1),
    "watts": (0, 1),
    "uptime": (0, 60),
    "accepted": (0, 0),
    "rejected": (0, 0),
}
DEADLINE_SECS = 60
API = "http://127.0.0.1:3010/api/v1/readings?limit=1000"

# What one of the others says of a figure of a model, beside what we say. None is what is not told. The figure "answer" is
# there when the model could not be read at all.
Cell = namedtuple("Cell", "kind model figure program ours theirs")


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--sim", required=True, help="the simulator")
    arguments.add_argument("--agent", required=True, help="the agent")
    arguments.add_argument("--pyasic", required=True, help="a python that has pyasic")
    arguments.add_argument("--asic-rs", required=True, help="the program beside this file")
    arguments.add_argument("--all", action="store_true", help="print every figure, and not only the differences")
    arguments.add_argument("--table", action="store_true", help="print the table of docs/testing.md")
    options = arguments.parse_args()
    others = {
        "pyasic": [options.pyasic, str(Path(__file__).with_name("read_pyasic.py"))],
        "asic-rs": [options.asic_rs, "read"],
    }
    cells = [cell for kind in PORTS for cell in compare(kind, options, others)]
    return table(cells) if options.table else report(cells, options.all)


def compare(kind, options, others):
    simulator = [options.sim, kind, "--each", "--behaviour", "frozen", "--service-ms", "0", *PORTS[kind]]
    config = json.loads(subprocess.check_output([*simulator, "--config", "--interval-secs", "5"]))
    # The simulator names a device by its model, often with the kind before it, and its number.
    models = [source["name"].rpartition(" ")[0].removeprefix(f"{kind}-") for source in config["sources"]]
    addresses = [source["address"].removeprefix("http://").rpartition(":")[0] for source in config["sources"]]
    with tempfile.TemporaryDirectory() as folder, running(simulator) as devices:
        for _ in addresses:
            devices.stdout.readline()
        file = Path(folder, "config.json")
        file.write_text(json.dumps(config))
        with running([options.agent, "run", "--config", str(file)]):
            ours = [ours_of(reading) for reading in readings(len(addresses))]
        for program, command in others.items():
            answers = subprocess.run([*command, *addresses], stdout=subprocess.PIPE, check=True, text=True).stdout.splitlines()
            for model, own, answer in zip(models, ours, map(json.loads, answers), strict=True):
                yield from cells_of(kind, model, program, own, answer)


def cells_of(kind, model, program, ours, answer):
    if "error" in ours or "error" in answer:
        yield Cell(kind, model, "answer", program, ours.get("error", "read"), answer.get("error", "read"))
        return
    for figure in FIGURES:
        yield Cell(kind, model, figure, program, told(ours[figure]), told(answer["figures"][figure]))


@contextmanager
def running(command):
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def readings(count):
    """Those of all sources, once each has been asked."""
    deadline = time.monotonic() + DEADLINE_SECS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(API, timeout=5) as reply:
                found = json.load(reply)["readings"]
        except OSError:
            found = []
        if len(found) == count and all("observed_at" in reading for reading in found):
            return found
        time.sleep(0.2)
    sys.exit("the agent has not asked all devices in time")


def ours_of(reading):
    if "failure" in reading:
        return {"error": reading["failure"]["detail"]}
    miner = reading["snapshot"]
    boards, temperatures = miner.get("boards", []), miner.get("temperatures", [])

    def hottest(*sensors):
        of_boards = [board[f"{sensor}_celsius_max"] for board in boards for sensor in sensors if f"{sensor}_celsius_max" in board]
        return max(of_boards + [it["celsius"] for it in temperatures if it["sensor"] in sensors], default=None)

    return {
        "hashrate": miner["hashing"].get("current_hps"),
        "fans": [fan.get("rpm") for fan in miner.get("fans", [])],
        # The regulator of an AxeOS device is what the others call its board.
        "board": hottest("board", "regulator"),
        "chip": hottest("chip"),
        "watts": miner.get("power", {}).get("watts"),
        "uptime": miner.get("uptime_secs"),
        "accepted": miner.get("work", {}).get("accepted"),
        "rejected": miner.get("work", {}).get("rejected"),
    }


def told(value):
    """A list of nothing tells nothing."""
    if isinstance(value, list):
        value = [it for it in value if it is not None]
        return value or None
    return value


def agrees(cell):
    if cell.figure == "answer":
        return cell.ours == cell.theirs
    part, unit = FIGURES[cell.figure]
    return near(cell.ours, cell.theirs, part, unit)


def near(ours, theirs, part, unit):
    if ours is None or theirs is None:
        return ours is theirs
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(near(a, b, part, unit) for a, b in zip(ours, theirs))
    return abs(ours - theirs) <= max(abs(ours) * part, unit)


def explanation_of(cell):
    return next((it for it in EXPLAINED if it.covers(cell)), None)


def report(cells, with_all):
    counts, used, bad = {}, set(), False
    print(f"{'kind':<9} {'model':<27} {'figure':<9} {'program':<8} {'ours':>24} {'theirs':>24}  why")
    for cell in cells:
        explanation = None if agrees(cell) else explanation_of(cell)
        if agrees(cell):
            word, why = "agree", "the same"
        elif explanation is not None:
            word, why = "explained", explanation.reason
            used.add(explanation)
        else:
            word, why, bad = "unexplained", "UNEXPLAINED", True
        mark = counts.setdefault(cell.program, dict.fromkeys(("agree", "explained", "unexplained"), 0))
        mark[word] += 1
        if with_all or word != "agree":
            ours, theirs = shown(cell.ours), shown(cell.theirs)
            print(f"{cell.kind:<9} {cell.model:<27} {cell.figure:<9} {cell.program:<8} {ours:>24} {theirs:>24}  {why}")
    print()
    for program, mark in counts.items():
        print(f"{program}: " + ", ".join(f"{count} {word}" for word, count in mark.items()))
    idle = [it for it in EXPLAINED if it not in used]
    for it in idle:
        print(f"explains nothing: {it}")
    return 1 if bad or idle else 0


def table(cells):
    """A row for each explanation, with the figures of the first device that it is for."""
    groups = {}
    for cell in cells:
        if not agrees(cell):
            groups.setdefault(explanation_of(cell), []).append(cell)
    print("| model | figure | ours | theirs | why |")
    print("|---|---|---:|---:|---|")
    for explanation, members in groups.items():
        models = list(dict.fromkeys(cell.model for cell in members))
        more = f" and {len(models) - 1} more" if len(models) > 1 else ""
        figures = ", ".join(dict.fromkeys(cell.figure for cell in members))
        first = members[0]
        ours, theirs = ("" if first.figure == "answer" else shown(value) for value in (first.ours, first.theirs))
        reason = explanation.reason if explanation else "**unexplained**"
        print(f"| {first.kind} {models[0]}{more} | {figures} | {ours} | {theirs} | {first.program}: {reason} |")
    return 0


def shown(value):
    if value is None:
        return "-"
    if isinstance(value, list):
        value = " ".join(f"{it:.0f}" for it in value)
    if isinstance(value, float):
        value = f"{value:.6g}"
    text = str(value)
    return text if len(text) <= 24 else text[:21] + "..."


if __name__ == "__main__":
    sys.exit(main())
