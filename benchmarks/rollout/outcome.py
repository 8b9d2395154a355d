"""What became of one rollout, from the tool's own words and from what the API server showed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.rollout import judge
from benchmarks.rollout.world import REPLICAS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.rollout.log import Seen
    from benchmarks.rollout.scenarios import Scenario

_BLUR_S = 0.2
"""Two watches of a busy API server do not see a change at the same moment."""

Line = tuple[float, str]
"""A line of output and when it came."""


@dataclass(frozen=True)
class Outcome:
    """What became of one rollout.

    Attributes:
        aborted: The tool judged it bad.
        verdict_s: Seconds from the moment that it was doomed to the verdict; None without one.
        from_start_s: The same from the beginning of the rollout.
        named: The tool's output names the cause.
        healthy_s: Seconds from the doomed moment to full health of the good release; None if it never came.
        fewest: Fewest ready pods on the way.
        restored: Template, configuration and replicas are as before.
    """

    tool: str
    scenario: str
    aborted: bool
    verdict_s: float | None
    from_start_s: float | None
    named: bool
    healthy_s: float | None
    fewest: int
    restored: bool

    @property
    def early(self) -> bool:
        """Whether the verdict came while a benign release could still have looked the same."""
        return self.aborted and (self.verdict_s is None or self.verdict_s < -_BLUR_S)


def account(  # noqa: PLR0913 - all that is known of a run
    tool: str, scenario: Scenario, lines: Sequence[Line], seen: Sequence[Seen], *, began_s: float, restored: bool
) -> Outcome:
    """Make up the account of one rollout.

    Args:
        tool: Whose.
        scenario: What was replayed.
        lines: What the tool said.
        seen: What the API server showed of the namespace.
        began_s: When the tool was started.
        restored: Whether everything is as it was.
    """
    after = [entry for entry in seen if entry.at_s >= began_s]
    doomed = judge.doomed_at(scenario, after) if scenario.doomed else None
    verdict = next((at_s for at_s, line in lines if line == "VERDICT bad"), None) or judge.taken_back_at(seen)
    moments = judge.availability(seen)
    healthy = judge.healthy_at(moments, verdict, REPLICAS) if verdict else None
    return Outcome(
        tool,
        scenario.name,
        aborted=verdict is not None,
        verdict_s=verdict - doomed if verdict and doomed else None,
        from_start_s=verdict - began_s if verdict else None,
        named=bool(scenario.cause and re.search(scenario.cause, "\n".join(line for _, line in lines))),
        healthy_s=healthy - doomed if healthy and doomed else None,
        fewest=min((ready for at_s, ready, _ in moments if at_s >= began_s), default=REPLICAS),
        restored=restored,
    )
