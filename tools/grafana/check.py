#!/usr/bin/env python3
"""Asks a Prometheus that scrapes an agent every query of the dashboard; each has to give at least one series.

    tools/grafana/check.py http://127.0.0.1:9090

A query that shows only what is wrong (`> 0`, `== 0`) may give none: it is asked without that end too. Needs nothing but Python.
"""

import json
import pathlib
import re
import sys
import urllib.parse
import urllib.request

DASHBOARD = pathlib.Path(__file__).resolve().parents[2] / "packaging/grafana/gssa.json"


def series(server, query):
    url = f"{server}/api/v1/query?" + urllib.parse.urlencode({"query": query})
    with urllib.request.urlopen(url, timeout=10) as reply:
        return len(json.load(reply)["data"]["result"])


def main():
    server = sys.argv[1].rstrip("/")
    empty = queries = 0
    for panel in json.loads(DASHBOARD.read_text())["panels"]:
        for target in panel.get("targets", []):
            query = target["expr"].replace("$instance", ".*").replace("$source", ".*")
            whole = re.sub(r" (> \d+|== 0)$", "", query)
            found = series(server, query) or series(server, whole)
            queries += 1
            empty += not found
            print(f"{found:5}  {panel['title']}" + ("" if found else f"\n       nothing: {query}"))
    print(f"{queries} queries, {empty} without an answer")
    sys.exit(1 if empty or not queries else 0)


main()
