#!/usr/bin/env python3
"""Evaluates the templates of docs/home-assistant.md as Home Assistant does, over an agent that runs; each has to give something.

    pip install jinja2 pyyaml
    tools/home-assistant/check.py http://127.0.0.1:3010

The source that the document calls garage-gamma is the first AxeOS device that answers. An undefined name is an error, which Home Assistant would only log.
"""

import json
import pathlib
import re
import sys
import urllib.request

import jinja2
import yaml

DOCUMENT = pathlib.Path(__file__).resolve().parents[2] / "docs/home-assistant.md"


class Loader(yaml.SafeLoader):
    """YAML in which a secret is its name."""


Loader.add_constructor("!secret", lambda loader, node: loader.construct_scalar(node))


def get(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)


def main():
    agent = sys.argv[1].rstrip("/")
    written = re.search(r"```yaml\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)[1]
    readings = get(f"{agent}/api/v1/readings")["readings"]
    gamma = next(it["source"]["id"] for it in readings if it["health"] == "up" and it["source"]["kind"] == "axeos")
    templates = jinja2.Environment(undefined=jinja2.StrictUndefined)
    for rest in yaml.load(written, Loader)["rest"]:
        path = re.sub(r"^http://[^/]*", "", rest["resource"]).replace("garage-gamma", gamma)
        value = get(agent + path)
        for sensor in rest.get("sensor", []) + rest.get("binary_sensor", []):
            for key in ("availability", "value_template"):
                if key in sensor:
                    told = templates.from_string(sensor[key]).render(value_json=value)
                    assert told.strip(), f"{sensor['name']}: {key} gives nothing"
                    print(f"{path}: {sensor['name']}, {key}: {told}")


main()
