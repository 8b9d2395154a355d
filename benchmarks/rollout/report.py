"""Outcomes of replays as tables."""

from __future__ import annotations

import json
import statistics
from dataclasses import asdict
from itertools import chain
from typing import TYPE_CHECKING

from benchmarks.rollout.outcome import Outcome
from benchmarks.rollout.scenarios import BENIGN, DOOMED
from benchmarks.rollout.tools import SHIPPED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


def added(file: Path, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Add outcomes to a file, one JSON object a line, and give all that it holds."""
    with file.open("a", encoding="utf-8") as kept:
        kept.writelines(json.dumps(asdict(outcome)) + "\n" for outcome in outcomes)
    return [Outcome(**json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines()]


def tables(outcomes: Sequence[Outcome]) -> list[str]:
    """Lines of Markdown: the doomed by scenario and tool, what the tools did with them, and the benign.

    Tools whose deadline nobody set have a table of their own, and no benign release: they abort none by time.
    """
    names = list(dict.fromkeys(outcome.tool for outcome in outcomes))
    tuned, shipped = ([n for n in names if n.endswith(SHIPPED) is wanted] for wanted in (False, True))
    verdicts = [[*_verdicts(outcomes, some), ""] for some in (tuned, shipped) if some]
    return [*chain(*verdicts), *_aftermath(outcomes, names), "", *_benign(outcomes, tuned)]


def of(outcomes: Sequence[Outcome], tool: str, scenario: str) -> list[Outcome]:
    """Those of one tool with one scenario."""
    return [outcome for outcome in outcomes if (outcome.tool, outcome.scenario) == (tool, scenario)]


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of them does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1) + 0.499))]


def _heading(title: str, names: Sequence[str]) -> Iterator[str]:
    yield _row(title, names)
    yield "|---" * (len(names) + 1) + "|"


def _row(title: str, cells: Sequence[str]) -> str:
    return f"| {title} | " + " | ".join(cells) + " |"


def _verdicts(outcomes: Sequence[Outcome], names: Sequence[str]) -> Iterator[str]:
    yield from _heading("doomed: s from t0 to the verdict, median (p95), cause named", names)
    for scenario in DOOMED:
        yield _row(scenario.name, [_verdict(of(outcomes, tool, scenario.name)) for tool in names])


def _verdict(found: Sequence[Outcome]) -> str:
    if not found:
        return "not run"
    if any(outcome.early for outcome in found):
        return f"guessed before t0 in {sum(outcome.early for outcome in found)} of {len(found)}"
    times = [outcome.verdict_s for outcome in found if outcome.verdict_s is not None]
    if not times:
        return "none"
    named = sum(outcome.named for outcome in found)
    none = f", none in {len(found) - len(times)}" if len(times) < len(found) else ""
    word = "yes" if named == len(found) else "no" if not named else f"{named} of {len(found)}"
    return f"{statistics.median(times):.1f} ({percentile(times, 0.95):.1f}){none}, {word}"


def _aftermath(outcomes: Sequence[Outcome], names: Sequence[str]) -> Iterator[str]:
    yield "| doomed, all scenarios | runs | s from t0 to full health, median (p95) | fewest ready pods | as before |"
    yield "|---|---|---|---|---|"
    doomed = {scenario.name for scenario in DOOMED}
    for tool in names:
        found = [outcome for outcome in outcomes if outcome.tool == tool and outcome.scenario in doomed]
        times = [outcome.healthy_s for outcome in found if outcome.healthy_s is not None]
        health = f"{statistics.median(times):.1f} ({percentile(times, 0.95):.1f})" if times else "never"
        if 0 < len(times) < len(found):
            health += f", never in {len(found) - len(times)}"
        fewest = min((outcome.fewest for outcome in found), default=0)
        yield f"| {tool} | {len(found)} | {health} | {fewest} | {sum(o.restored for o in found)} of {len(found)} |"


def _benign(outcomes: Sequence[Outcome], names: Sequence[str]) -> Iterator[str]:
    yield from _heading("benign: false aborts of runs", names)
    for scenario in BENIGN:
        yield _row(scenario.name, [_aborts(of(outcomes, tool, scenario.name)) for tool in names])
    benign = {scenario.name for scenario in BENIGN}
    yield _row("all", [_aborts([o for o in outcomes if o.tool == tool and o.scenario in benign]) for tool in names])


def _aborts(found: Sequence[Outcome]) -> str:
    return f"{sum(outcome.aborted for outcome in found)} of {len(found)}"
