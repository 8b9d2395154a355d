"""Replays the scenarios: `python -m benchmarks rollout`; every tool meets every scenario in every round."""

from __future__ import annotations

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.rollout import argo, plot, report
from benchmarks.rollout.field import field
from benchmarks.rollout.log import logging
from benchmarks.rollout.scenarios import ALL
from benchmarks.rollout.tools import TOOLS
from benchmarks.rollout.trial import Trial

if TYPE_CHECKING:
    from benchmarks.rollout.field import Field
    from benchmarks.rollout.log import Log
    from benchmarks.rollout.outcome import Outcome

KINDS = (("v1", "Pod"), ("apps/v1", "ReplicaSet"), ("apps/v1", "Deployment"))
"""What is written down of a replay."""

_AT_ONCE = int(os.environ.get("REZ_REPLAYS", "8"))
"""Namespaces at a time: on two cores more of them would slow each other."""


def main() -> list[str]:
    """Replay what the environment names: REZ_TOOLS, REZ_SCENARIOS (all of both when absent), REZ_ROUNDS (5).

    With REZ_OUTCOMES the outcomes are added to that file, the tables are of all that it holds, and a plot of it lies
    beside it.

    Returns:
        Lines of Markdown.
    """
    names = os.environ.get("REZ_TOOLS", ",".join(TOOLS)).split(",")
    scenarios = os.environ.get("REZ_SCENARIOS", ",".join(ALL)).split(",")
    rounds = int(os.environ.get("REZ_ROUNDS", "5"))
    with ExitStack() as stack:
        place, kinds = stack.enter_context(field(_say)), list(KINDS)
        if argo.NAME in names:
            stack.enter_context(argo.controller(place, _say))
            kinds.append((argo.API_VERSION, "Rollout"))
        log = stack.enter_context(logging(place.cluster, kinds))
        outcomes = replay(place, log, [(t, s, n) for n in range(rounds) for s in scenarios for t in names])
    if kept := os.environ.get("REZ_OUTCOMES"):
        outcomes = report.added(Path(kept), outcomes)
        Path(kept).with_suffix(".svg").write_text(plot.svg(outcomes), encoding="utf-8")
    return report.tables(outcomes)


def replay(place: Field, log: Log, wanted: list[tuple[str, str, int]]) -> list[Outcome]:
    """Replay each once: tool, scenario, number."""

    def one(what: tuple[str, str, int]) -> Outcome | None:
        tool, scenario, number = what
        try:
            outcome = Trial(place, log, TOOLS[tool], ALL[scenario], number, _say).run()
        except Exception as error:  # noqa: BLE001 - one replay that fails must not lose the others
            _say(f"{tool} {scenario} {number}: {error!r}")
            return None
        _say(json.dumps(asdict(outcome)))
        return outcome

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return [outcome for outcome in pool.map(one, wanted) if outcome]


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
