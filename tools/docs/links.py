#!/usr/bin/env python3
"""Looks at every link of every Markdown file of the repository: the file must be there, and so must the heading. Links to other sites
are only listed, with `--sites`. Needs nothing but Python and git.
"""

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)|<(?:img|a)[^>]+(?:src|href)=\"([^\"]+)\"|^\[[^\]]+\]:\s+(\S+)", re.M)
FENCE = re.compile(r"^(```|~~~).*?^\1", re.M | re.S)
SPAN = re.compile(r"`[^`\n]*`")


def anchors(text: str) -> set[str]:
    """The names that GitHub gives to headings."""
    seen: dict[str, int] = {}
    found = set()
    for heading in re.findall(r"^#{1,6}\s+(.*?)\s*#*$", FENCE.sub("", text), re.M):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        name = re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
        count = seen.get(name, 0)
        seen[name] = count + 1
        found.add(f"{name}-{count}" if count else name)
    return found | set(re.findall(r"<a (?:id|name)=\"([^\"]+)\"", text))


def broken(file: Path, files: dict[Path, str]):
    for match in LINK.finditer(SPAN.sub("``", FENCE.sub("", files[file]))):
        link = unquote(next(group for group in match.groups() if group))
        if re.match(r"[a-z][a-z0-9+.-]*:", link):
            if "--sites" in sys.argv:
                print(f"{file.relative_to(ROOT)}: {link}")
            continue
        path, _, anchor = link.partition("#")
        target = (file.parent / path).resolve() if path else file
        if not target.exists():
            yield f"{file.relative_to(ROOT)}: {link}: there is no {path}"
        elif ROOT not in [target, *target.parents]:
            yield f"{file.relative_to(ROOT)}: {link}: outside of the repository"
        elif anchor and target.suffix == ".md" and anchor not in anchors(files.get(target) or target.read_text()):
            yield f"{file.relative_to(ROOT)}: {link}: no heading #{anchor}"


def main():
    names = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True)
    files = {ROOT / name: (ROOT / name).read_text() for name in names.stdout.split()}
    wrong = [problem for file in files for problem in broken(file, files)]
    print("\n".join(wrong) or f"links of {len(files)} files are whole")
    sys.exit(bool(wrong))


main()
