"""Preview and no-op `up` of the stack against a floor (an empty program) and a peer (one flat file, no policies)."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks import programs
from benchmarks.measure import Figure, median, run
from infra.engine import Engine
from infra.local import paths
from infra.local.cluster import lifecycle

_REPEATS = 5
_SIZES = (10, 100, 1000)
_PACK = "PULUMI_OPTION_POLICY_PACK"
_UP = ["up", "--yes", "--skip-preview", "--non-interactive"]
_PREVIEW = ["preview", "--non-interactive"]


@dataclass(frozen=True)
class Case:
    """A command to measure, in its folder and environment."""

    name: str
    command: list[str]
    cwd: Path
    env: dict[str, str]

    def figure(self) -> Figure:
        """Run it once."""
        return run(self.command, cwd=self.cwd, env=self.env)


def _prepared(name: str, source: str, folder: Path, env: dict[str, str]) -> Path:
    """A project whose stack is up, so that the next run has nothing to change."""
    root = programs.project(folder, name, source, Path(sys.prefix))
    for command in (["stack", "init", "local"], _UP):
        run(["pulumi", *command], cwd=root, env=env)
    return root


def _both(name: str, cwd: Path, env: dict[str, str], *, start: str = "pulumi") -> list[Case]:
    return [
        Case(f"{name}: preview", [start, *_PREVIEW], cwd, env),
        Case(f"{name}: no-op up", [start, *_UP], cwd, env),
    ]


def _interleaved(cases: list[Case], repeats: int) -> dict[str, Figure]:
    """Medians; the cases take turns, so that a busy moment of the machine hits all of them."""
    figures: dict[str, list[Figure]] = {case.name: [] for case in cases}
    for _ in range(repeats):
        for case in cases:
            figures[case.name].append(case.figure())
    return {name: median(found) for name, found in figures.items()}


def main() -> list[str]:
    """Measure on the running local system.

    Returns:
        Lines of Markdown.
    """
    if lifecycle.find() is None:
        raise SystemExit("nothing runs here: `make local` first")
    ours = Engine("local").environment()
    bare = {k: v for k, v in ours.items() if k != _PACK}
    with tempfile.TemporaryDirectory(prefix="rez-bench-") as name:
        folder = Path(name)
        theirs = bare | {"PULUMI_BACKEND_URL": f"file://{folder}", "PULUMI_STACK": "local"}
        export = ["pulumi", "stack", "export", "--show-secrets", "--stack", "local"]
        state = json.loads(subprocess.run(export, cwd=paths.ROOT, env=ours, check=True, capture_output=True).stdout)
        cases = [
            *_both("stack", paths.ROOT, ours),
            *_both("stack, no pack", paths.ROOT, bare),
            *_both("stack by rez pulumi", paths.ROOT, ours, start=str(Path(sys.executable).with_name("rez"))),
            *_both("(a) empty", _prepared("empty", programs.empty(), folder, theirs), theirs),
            *_both("(b) flat file", _prepared("flat", programs.flat(state), folder, theirs), theirs),
        ]
        cases[4:6] = [Case(c.name, [c.command[0], "pulumi", *c.command[1:]], c.cwd, c.env) for c in cases[4:6]]
        table = _table(_interleaved(cases, _REPEATS))
        growth = []
        for size in _SIZES:
            root = _prepared(f"maps{size}", programs.config_maps(size), folder, theirs)
            growth += _both(f"{size} resources", root, theirs)
        table += _table(_interleaved(growth, 2))
        subprocess.run(["pulumi", "destroy", "--yes", "--skip-preview"], cwd=root, env=theirs, check=True)
    return table


def _table(figures: dict[str, Figure]) -> list[str]:
    rows = [f"| {name} | {f.wall_s:.2f} | {f.peak_mib} |" for name, f in figures.items()]
    return ["", "| run | median s | peak MiB |", "|---|---|---|", *rows]
