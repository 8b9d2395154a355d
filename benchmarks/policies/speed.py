"""The offline policy check against its peers, on the same files in one run."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.policies import checkers, corpus
from benchmarks.policies.measure import Figure, median, run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.policies.checkers import Checker

_REPEATS = 5
_SLOW_REPEATS = 3
_SLOW_REPEATS_OF_MANY = 2
_MANY = 1000
_APPLICATIONS = (100, 1000)


@dataclass
class Runs:
    """What one checker did with one set of files.

    Attributes:
        figures: One for each run.
        findings: How many it printed, each time the same.
    """

    figures: list[Figure]
    findings: int = 0


Sizes = dict[int, dict[str, Runs]]
"""By number of objects, then by the checker's name."""


def main() -> list[str]:
    """Measure; makes the peers first, which takes minutes when they are not in the cache.

    Returns:
        Lines of Markdown.
    """
    others, absent = checkers.others(_say)
    return compare([checkers.ours(), *others]) + absent


def compare(tools: list[Checker]) -> list[str]:
    """Measure these; the ratios are to the first."""
    with tempfile.TemporaryDirectory(prefix="rez-bench-") as name:
        folder = Path(name)
        sizes = {corpus.write_one(folder / "one"): folder / "one"}
        sizes |= {corpus.write(folder / str(count), count): folder / str(count) for count in _APPLICATIONS}
        runs = {objects: _interleaved(tools, objects, files) for objects, files in sizes.items()}
    return [*_figures(tools, runs), "", *_slopes(tools, runs)]


def _interleaved(tools: list[Checker], objects: int, files: Path) -> dict[str, Runs]:
    """The tools take turns, so that a busy moment of the machine hits all of them."""
    found = {tool.name: Runs([]) for tool in tools}
    for turn in range(_REPEATS):
        for tool in tools:
            if turn < _repeats(tool, objects):
                figure, printed = run(tool.command(files), files.parent, (0, tool.found))
                found[tool.name].figures.append(figure)
                found[tool.name].findings = tool.findings(printed)
                _say(f"{tool.name}, {objects} objects: {figure.wall_s:.2f} s")
    return found


def _repeats(tool: Checker, objects: int) -> int:
    if not tool.slow:
        return _REPEATS
    return _SLOW_REPEATS_OF_MANY if objects > _MANY else _SLOW_REPEATS


def _figures(tools: list[Checker], runs: Sizes) -> Iterator[str]:
    yield "| tool | objects | wall s | CPU s | peak MiB | findings | wall, of ours |"
    yield "|---|---|---|---|---|---|---|"
    for objects, found in runs.items():
        ours = median(found[tools[0].name].figures)
        for name, its in found.items():
            figure = median(its.figures)
            yield (
                f"| {name} | {objects:,} | {figure.wall_s:.2f} | {figure.cpu_s:.2f} | {figure.peak_mib} "
                f"| {its.findings:,} | {figure.wall_s / ours.wall_s:.2f} |"
            )


def _slopes(tools: list[Checker], runs: Sizes) -> Iterator[str]:
    yield "| tool | start-up s | ms per object | CPU ms per object | start-up, of ours | per object, of ours |"
    yield "|---|---|---|---|---|---|"
    start_of_ours, each_of_ours, _ = _slope(tools[0], runs)
    for tool in tools:
        start, each, cpu = _slope(tool, runs)
        ratios = f"{start / start_of_ours:.2f} | {each / each_of_ours:.2f}"
        yield f"| {tool.name} | {start:.2f} | {each:.2f} | {cpu:.2f} | {ratios} |"


def _slope(tool: Checker, runs: Sizes) -> tuple[float, float, float]:
    """What a run costs before its first object, and what each adds between the two larger sizes: wall and CPU ms."""
    one, less, more = sorted(runs)
    start, small, large = (median(runs[objects][tool.name].figures) for objects in (one, less, more))
    per_ms = 1000 / (more - less)
    return start.wall_s, (large.wall_s - small.wall_s) * per_ms, (large.cpu_s - small.cpu_s) * per_ms


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
