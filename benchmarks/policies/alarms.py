"""How often the rules that look for credentials speak up on manifests that other people published."""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.policies import checkers, modules
from benchmarks.policies.measure import run
from policies.registry import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator

_RULES = ("container-plaintext-secret", "config-map-plaintext-secret", "container-secret-argument")
_UNREADABLE = 2


def main() -> list[str]:
    """Check the manifests of all pinned Go modules that are on this machine.

    Returns:
        Lines of Markdown: the rates, and each finding without its value, for a person to judge.
    """
    with tempfile.TemporaryDirectory(prefix="rez-bench-") as name:
        folder = Path(name) / "manifests"
        values = _copy(folder)
        if not folder.exists():
            return ["- skipped: no pinned Go module with manifests is in Go's module cache; `make local` fills it"]
        tool = checkers.ours()
        _, printed = run(tool.command(folder), folder, (0, _UNREADABLE, tool.found))
        return list(_lines(json.loads(printed), values, folder))


def _copy(folder: Path) -> int:
    """Copy every manifest, of equal ones the first; count the values in them that the rules look at."""
    seen: set[bytes] = set()
    values = 0
    for manifest in modules.manifests(lambda line: print(line, file=sys.stderr)):
        digest = hashlib.sha256(manifest.content).digest()
        if digest not in seen:
            seen.add(digest)
            values += sum(map(_values, manifest.objects))
            copy = folder / manifest.name
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(manifest.content)
    return values


def _values(part: Any) -> int:
    """Environment variables with a plain value, arguments, and entries of ConfigMaps, at any depth."""
    if isinstance(part, list):
        return sum(map(_values, part))
    if not isinstance(part, dict):
        return 0
    count = len(_held(part, "data")) if part.get("kind") == "ConfigMap" else 0
    if "image" in part:
        count += sum("value" in variable for variable in _held(part, "env"))
        count += len(_held(part, "args")) + len(_held(part, "command"))
    return count + sum(map(_values, part.values()))


def _held(part: dict[str, Any], key: str) -> list[Any] | dict[str, Any]:
    """A field that should be a list or a map; what people publish as a bad example may be anything."""
    held = part.get(key)
    return held if isinstance(held, list | dict) else []


def _lines(report: dict[str, Any], values: int, folder: Path) -> Iterator[str]:
    objects = report["resources"]
    yield f"{objects:,} objects that rules judge in {report['files']:,} files, with {values:,} plain values."
    yield from ("", "| rule | findings | per 1,000 objects |", "|---|---|---|")
    found = [finding for finding in report["findings"] if finding["rule"] in _RULES]
    known = {rule.id for rule in RULES}
    for rule in _RULES:
        count = sum(finding["rule"] == rule for finding in found)
        shown = f"{count} | {1000 * count / max(objects, 1):.2f}" if rule in known else "no such rule | "
        yield f"| {rule} | {shown} |"
    if found:
        yield from ("", "| rule | file | line | field |", "|---|---|---|---|")
    for finding in found:
        file = Path(finding["file"]).relative_to(folder)
        yield f"| {finding['rule']} | {file} | {finding['line']} | `{finding['field']}` |"
