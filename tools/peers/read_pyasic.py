"""Reads miners with pyasic: `read_pyasic.py ADDRESS…` prints a line of JSON for each."""

import asyncio
import json
import sys
import warnings

import pyasic

# What is compared, and not what needs a web page that a device may not have.
WANTED = ["hashrate", "fans", "hashboards", "wattage", "uptime", "pools"]
DEADLINE_SECS = 30


def hottest(values):
    return max((value for value in values if value is not None), default=None)


def figures(data):
    """Null where there is none."""
    rate = data.hashrate
    return {
        "hashrate": None if rate is None else float(rate.rate) * int(rate.unit.value),
        "fans": [fan.speed for fan in data.fans],
        "board": hottest(board.temp for board in data.hashboards),
        "chip": hottest(board.chip_temp for board in data.hashboards),
        "watts": data.wattage,
        "uptime": data.uptime,
        "accepted": hottest(pool.accepted for pool in data.pools),
        "rejected": hottest(pool.rejected for pool in data.pools),
    }


async def read(address):
    miner = await asyncio.wait_for(pyasic.get_miner(address), DEADLINE_SECS)
    if miner is None:
        return {"error": "not recognised"}
    return {"figures": figures(await asyncio.wait_for(miner.get_data(include=WANTED), DEADLINE_SECS))}


async def main():
    for address in sys.argv[1:]:
        # Whatever it fails with is the answer that is compared.
        try:
            answer = await read(address)
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps({"address": address} | answer), flush=True)


warnings.simplefilter("ignore")
asyncio.run(main())
