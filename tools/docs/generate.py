#!/usr/bin/env python3
"""Writes what can be derived of the documentation: docs/configure.md and docs/api.md from the schemas, docs/devices.md from the golden
snapshots of the tests. `--check` only compares. Either way each dependency has a reason in docs/dependencies.md. Needs nothing but
Python 3.11.
"""

import json
import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MADE = "<!-- Written by tools/docs/generate.py (`just docs`); a change here is lost. -->\n"


def text(value) -> str:
    """One line, fit for a cell of a table."""
    return " ".join(str(value).split()).replace("|", "\\|")


def load(path):
    return json.loads((ROOT / path).read_text())


# --- docs/configure.md


def alternatives(schema):
    """What a value may be, without `null`, which means the same as leaving it out."""
    found = [one for one in schema.get("anyOf", []) + schema.get("oneOf", []) if one.get("type") != "null"]
    return found or [schema]


def is_secret(schema):
    return any(one.get("writeOnly") for one in [schema, *alternatives(schema)])


def kinds_of(schema):
    kinds = schema.get("type", [])
    return [kind for kind in ([kinds] if isinstance(kinds, str) else kinds) if kind != "null"]


def words_of(schema):
    words = list(schema.get("enum", []))
    for one in alternatives(schema):
        if one is not schema:
            words += words_of(one)
        elif "const" in one:
            words.append(one["const"])
    return [word for word in words if word is not None]


def number(value):
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


def kind(schema):
    if is_secret(schema):
        return "secret"
    words = words_of(schema)
    if words:
        return " or ".join(f"`{word}`" for word in words)
    shapes = [one for one in alternatives(schema) if kinds_of(one)]
    if len(shapes) > 1:
        return " or ".join(kind(one) for one in shapes)
    schema = shapes[0] if shapes else schema
    kinds = kinds_of(schema)
    if "array" in kinds:
        items = schema.get("items", {})
        return "list" if properties(items) else f"list of {plural(kind(items))}"
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    high = schema.get("maximum", schema.get("exclusiveMaximum"))
    word = {"integer": "whole number", "number": "number", "boolean": "`true` or `false`", "object": "object", "string": "text"}
    name = " or ".join(word.get(kind, kind) for kind in kinds) or "anything"
    if low is not None and high is not None:
        return f"{name}, {number(low)} to {number(high)}"
    if low is not None:
        return f"{name}, {number(low)} at least"
    if "string" in kinds and "maxLength" in schema:
        return f"{name}, {number(schema['maxLength'])} characters at most"
    return name


def plural(word):
    return {"text": "texts", "number": "numbers", "whole number": "whole numbers", "object": "objects"}.get(word, word)


def properties(schema):
    for one in alternatives(schema):
        if one.get("properties"):
            return one["properties"]
    return {}


def rows(schema, path, required=()):
    """Each key below `schema` as a row, in the order of the form."""
    fields = properties(schema)
    for name in sorted(fields, key=lambda name: fields[name].get("x-ui", {}).get("order", 999)):
        field, here = fields[name], f"{path}.{name}" if path else name
        notes = text(field.get("description", field.get("title", "")))
        default = field.get("default")
        usual = "required" if name in required else "" if default in (None, [], {}) else f"`{json.dumps(default)}`"
        yield f"| `{here}` | {kind(field)} | {usual} | {notes} |"
        if is_secret(field):
            continue
        inner = field
        if "array" in [one for shape in alternatives(field) for one in kinds_of(shape)]:
            inner = next(shape.get("items", {}) for shape in alternatives(field) if "array" in kinds_of(shape))
            here += "[]"
        if properties(inner):
            needed = next((one.get("required", []) for one in alternatives(inner) if one.get("properties")), [])
            yield from rows(inner, here, needed)
        named = next((one for one in alternatives(inner) if isinstance(one.get("additionalProperties"), dict)), None)
        if named:
            yield from rows(named["additionalProperties"], f"{here}.NAME")


def configure():
    schema = load("schema/config.schema.json")
    sections = properties(schema)
    parts = [
        f"""# Configuration

{MADE}
`config.json` is the configuration; every key may be left out but those that are called required. What is here comes from the JSON Schema that
`gssa schema config` prints, which an editor can use too. `gssa check-config FILE` lists everything that is wrong with a file, with the
path of each problem. The page writes the same file; [config.example.json](../config/config.example.json) shows a larger one.

- Any key can come from the environment: `GSSA_`, the sections, then the key, divided by `__`: `GSSA_SERVER__LISTEN=0.0.0.0:3010`. The command line wins
  over the environment, that over the file. What is set there cannot be changed in the page, which says so.
- A **secret** is a text, `{{"env": "NAME"}}` for the variable or `{{"file": "/run/secrets/name"}}` for the file that holds it. The API and the page show `********`.
- A file that is changed while the agent runs is taken over at once; a wrong one changes nothing and is told.
- `[]` in a path stands for each entry of a list, `NAME` for a name of your choice."""
    ]
    for name in sorted(sections, key=lambda name: sections[name].get("x-ui", {}).get("order", 999)):
        section = sections[name]
        table = "\n".join(rows({"properties": {name: section}}, ""))
        parts.append(f"## {section.get('title', name)}\n\n| key | takes | if left out | what it does |\n|---|---|---|---|\n{table}")
    return "\n\n".join(parts) + "\n"


# --- docs/api.md


def reference(schema):
    """The name of a type, or what it is made of."""
    if not isinstance(schema, dict):
        return "anything"
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return f"[`{name}`](#{name.lower()})"
    if schema.get("type") == "array":
        return f"list of {reference(schema.get('items', {}))}"
    several = [one for one in schema.get("anyOf", []) + schema.get("oneOf", []) if one.get("type") != "null"]
    if several and not all("const" in one for one in several):
        return " or ".join(dict.fromkeys(reference(one) for one in several))
    extra = schema.get("additionalProperties")
    if isinstance(extra, dict) and "properties" not in schema:
        return f"object of {reference(extra)}"
    return kind(schema)


def body(content):
    return next(f"`{media}`: {reference(one.get('schema', {}))}" for media, one in content.items())


SCOPES = {
    "open": "For everybody",
    "read": "For those who may read",
    "user": "For users",
    "agent": "For those to whom the agent is granted",
    "local": "For callers on this machine",
    "admin": "For administrators",
    "hook": "For the holder of the token of a webhook",
}


def operation(path, method, spec):
    lines = [f"### `{method.upper()} {path}`", f"{spec['summary'].rstrip('.')}. {SCOPES[spec['x-scope']]}."]
    given = [one for one in spec.get("parameters", []) if one["in"] in ("query", "header")]
    if given:
        takes = lambda one: kind(one["schema"]) + (", as a header" if one["in"] == "header" else "")
        table = "\n".join(f"| `{one['name']}` | {takes(one)} | {text(one.get('description', ''))} |" for one in given)
        lines.append(f"| parameter | takes | |\n|---|---|---|\n{table}")
    if "requestBody" in spec:
        lines.append("Takes " + body(spec["requestBody"]["content"]))
    for status, answer in spec["responses"].items():
        if status != "default":
            lines.append(f"Gives {status}" + (", " + body(answer["content"]) if answer.get("content") else ", no body"))
            events = answer.get("x-events", {})
            if events:
                table = "\n".join(f"| `{name}` | {text(one['description'])} | {reference(one['schema'])} |" for name, one in events.items())
                lines.append(f"| event | | data |\n|---|---|---|\n{table}")
    return "\n\n".join(lines)


def type_of(name, schema):
    lines = [f"### {name}", " ".join(schema.get("description", "").split())]
    words = [one for one in schema.get("oneOf", []) if "const" in one]
    if words or schema.get("enum"):
        words = [(one["const"], one.get("description", "")) for one in words] + [(word, "") for word in schema.get("enum", [])]
        lines.append("| word | |\n|---|---|\n" + "\n".join(f"| `{word}` | {text(said)} |" for word, said in words))
    fields = [(schema, schema.get("properties", {}))]
    fields += [(one, one.get("properties", {})) for one in schema.get("anyOf", []) + schema.get("oneOf", [])]
    for owner, found in fields:
        if found:
            needed = owner.get("required", [])
            table = "\n".join(
                f"| `{field}`{'' if field in needed else ' ?'} | {reference(one)} | {text(one.get('description', ''))} |" for field, one in found.items()
            )
            lines.append(f"| field | is | |\n|---|---|---|\n{table}")
    if len(lines) == 2:
        lines.append("Is " + reference(schema) + ".")
    return "\n\n".join(line for line in lines if line)


def api(source, title, program, intro):
    document = load(source)
    operations = [
        operation(path, method, spec) for path, item in document["paths"].items() for method, spec in item.items() if isinstance(spec, dict)
    ]
    types = [type_of(name, schema) for name, schema in sorted(document["components"]["schemas"].items())]
    return (
        f"# {title}\n\n{MADE}\n{intro}\n\nA field with `?` is left out when it is not known; `null` is never written. Units are in the names. "
        f"What goes wrong is answered with `application/problem+json`: [`Problem`](#problem). The document that this is made from: "
        f"`{program} openapi`.\n\n## Requests\n\n" + "\n\n".join(operations) + "\n\n## Types\n\n" + "\n\n".join(types) + "\n"
    )


# --- docs/devices.md

FIGURES = [
    ("hashrate", lambda it: "current_hps" in it.get("hashing", {})),
    ("expected", lambda it: "expected_hps" in it.get("hashing", {})),
    ("accepted, rejected", lambda it: "accepted" in it.get("work", {}) and "rejected" in it.get("work", {})),
    ("reasons", lambda it: bool(it.get("work", {}).get("reject_reasons"))),
    ("best share", lambda it: "best_difficulty" in it.get("work", {})),
    ("watts", lambda it: "watts" in it.get("power", {})),
    ("chip", lambda it: any(one["sensor"].startswith("chip") for one in it.get("temperatures", []))),
    ("board", lambda it: any(not one["sensor"].startswith("chip") for one in it.get("temperatures", []))),
    ("fans", lambda it: bool(it.get("fans"))),
    ("boards", lambda it: bool(it.get("boards"))),
    ("pools", lambda it: bool(it.get("pools"))),
    ("uptime", lambda it: "uptime_secs" in it),
]
FAMILIES = [
    ("axeos", "AxeOS: Bitaxe, NerdQAxe, NMAxe, BitForge and kin", "axeos", "crates/gssa-axeos/tests/snapshots",
     "One `GET /api/system/info`, and `GET /api/system/asic` where the firmware has it."),
    ("antminer", "Bitmain Antminer, with the firmware of the maker or of others", "antminer", "crates/gssa-cgminer/tests/snapshots/antminer",
     "The cgminer API on port 4028, and the maker's web pages with the login of the device for what the API does not tell."),
    ("canaan", "Canaan Avalon", "canaan", "crates/gssa-cgminer/tests/snapshots/canaan", "The cgminer API on port 4028."),
    ("cgminer", "Everything else that speaks the cgminer API", "cgminer", "crates/gssa-cgminer/tests/snapshots/cgminer", "The cgminer API on port 4028."),
]  # fmt: skip


def golden(path):
    return json.loads(path.read_text().split("\n---\n", 1)[1])


def device(path):
    it = golden(path)
    identity = it.get("identity", {})
    make, model = identity.get("make", ""), identity.get("model", "")
    name = model if model.startswith(make) else f"{make} {model}".strip()
    firmware = " ".join(identity[key] for key in ("firmware", "firmware_version") if identity.get(key))
    state = it.get("hashing", {}).get("state", "")
    cells = " | ".join("✓" if has(it) else "" for _, has in FIGURES)
    return f"| {text(name) or 'not told'} | {text(firmware)} | {text(path.stem)} | {text(state)} | {cells} |"


def devices():
    parts = [
        f"""# Devices

{MADE}
What is read from which device and firmware. Each row is a test: replies composed in the shape of that firmware ([fixtures](../fixtures/README.md) says from which source
the shape is known) and the snapshot that comes out. A device or firmware that is not here is read as well as its replies allow: what it does not tell is
left out, never guessed. A check mark says that the figure is there in this state of the device; a device that is paused or has no pool tells less.

Pools are in [gss.md](gss.md), servers in [mim.md](mim.md), the agent's own machine in [host.md](host.md). Is your device missing, or a figure wrong? `gssa record ADDRESS`
keeps what it answers, without secrets ([recording.md](recording.md))."""
    ]
    head = " | ".join(name for name, _ in FIGURES)
    for _, title, kind_word, folder, asked in FAMILIES:
        found = sorted((ROOT / folder).glob("*.snap"), key=lambda path: path.stem.lower())
        table = "\n".join(map(device, found))
        dashes = "---|" * (len(FIGURES) + 4)
        parts.append(
            f"## {title}\n\nKind `{kind_word}`. {asked} {len(found)} devices, firmwares and states.\n\n"
            f"| device | firmware | test | state | {head} |\n|{dashes}\n{table}"
        )
    return "\n\n".join(parts) + "\n"


def documents():
    return {
        "docs/configure.md": configure(),
        "docs/devices.md": devices(),
        "docs/api.md": api("schema/openapi.json", "The API of the agent", "gssa",
                           "The agent listens on `127.0.0.1:3010` unless told otherwise. [live.md](live.md) says how to follow changes; [metrics.md](metrics.md) has `/metrics`."),
        "docs/cloud-api.md": api("schema/gsscloud-openapi.json", "The API of the receiver", "gsscloud",
                                 "Below `/api/v1/agents/{agent_id}` are the requests of the [agent's own API](api.md) that read. [cloud.md](cloud.md) says how to run the receiver."),
    }  # fmt: skip


def reasons():
    """What of the dependencies has no reason in docs/dependencies.md, or a reason and is no dependency."""
    declared = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["dependencies"]
    others = {name for name in declared if not name.startswith("gssa-")}
    rows = [line.split("|")[1] for line in (ROOT / "docs/dependencies.md").read_text().splitlines() if line.startswith("| `")]
    return others ^ set(re.findall(r"`([^`]+)`", " ".join(rows)))


def main():
    if reasons():
        sys.exit(f"Cargo.toml and docs/dependencies.md differ: {', '.join(sorted(reasons()))}")
    stale = []
    for path, made in documents().items():
        file = ROOT / path
        if not file.exists() or file.read_text() != made:
            stale.append(path)
            if "--check" not in sys.argv:
                file.write_text(made)
    if "--check" in sys.argv and stale:
        sys.exit(f"not as the schemas and goldens are now: {', '.join(stale)}; run `just docs`")
    print(f"{'written' if stale else 'up to date'}: {', '.join(stale or documents())}")


main()
