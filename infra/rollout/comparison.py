"""Decide from measured traffic whether a canary is worse than the pods that serve: pure statistics.

Errors and slow requests are proportions (see `infra.telemetry.measures`), so the comparison is Fisher's exact test,
one-sided: given how many requests are bad in canary and stable pods together, how likely has the canary so many of them
if both are alike? It holds for any number of requests, and what hits all pods in the same minutes (a slow database, a
burst of bad clients) is in both samples and shows no difference. Pods that differ among themselves are minded by a
second condition: the canary must be worse than the worst stable pod by a margin that matters.

A canary is looked at several times and by several measures, and each look is a chance to be wrong: the level of each
test is the run's level divided by their number (Bonferroni). So a canary that is like the stable pods is called bad in
at most 1 % of all deploys, measured in `tests/rollout/test_comparison.py` along with the power: with 1,400 requests for
each pod and 0.1 % of errors in the stable ones, a canary with 2 % of errors, or one whose share of slow requests is 8 %
instead of 1 %, is always found. Pods whose true error rates differ among themselves by as much as they are large are
beyond any test of one canary against a few pods.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from infra.telemetry.exact import binomial_greater, fisher_greater
from infra.telemetry.traffic import Proportion, Traffic, total

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from infra.telemetry.measures import Measure

FALSE_ABORTS: Final = 0.01
"""Of all canaries that are like the stable pods, at most this share is called bad."""

LOOKS: Final = 24
"""At most so many times a canary is looked at: 12 in its duration, and 12 more if that is extended."""

_TESTS_OF_A_MEASURE: Final = 2


class Finding(StrEnum):
    """What is known of a release."""

    GOOD = "good"
    BAD = "bad"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True)
class Comparison:
    """The outcome of one look.

    Attributes:
        finding: Good, bad, or too little to say either.
        reason: One word for machines, such as `error-rate`, `low-traffic`.
        message: One line for a person.
    """

    finding: Finding
    reason: str
    message: str


def compare(
    canary: Traffic | None, stable: Mapping[str, Traffic], measures: Sequence[Measure], *, min_requests: int
) -> Comparison:
    """Compare what the canary answered with what the stable pods did, in the same time.

    Args:
        canary: Of all canary pods; None when one of them is unknown.
        stable: Of each stable pod that is known.
        measures: What to compare by.
        min_requests: Fewer on either side say nothing.

    Returns:
        BAD only if it is significantly worse by a margin that matters, or beyond what can be borne while no stable pod
        is; GOOD only if neither is so much as suggested; else INCONCLUSIVE.
    """
    if canary is None:
        return Comparison(Finding.INCONCLUSIVE, "no-metrics", "its requests are not known")
    together = total(stable.values())
    few = f"{canary.requests} requests, stable pods {{}}: fewer than {min_requests} say nothing"
    if canary.requests < min_requests:
        return Comparison(Finding.INCONCLUSIVE, "low-traffic", few.format(together.requests))
    level = FALSE_ABORTS / (LOOKS * _TESTS_OF_A_MEASURE * len(measures))
    found = [one for measure in measures for one in _look(measure, canary, together, stable, level, min_requests)]
    if bad := next((one for one in found if one.finding is Finding.BAD), None):
        return bad
    if together.requests < min_requests:
        return Comparison(Finding.INCONCLUSIVE, "low-traffic", few.format(together.requests))
    told = f"{canary}; stable pods: {together}"
    return next(iter(found), Comparison(Finding.GOOD, "no-worse", told))


def _look(  # noqa: PLR0913, PLR0917 - the sides of one comparison
    measure: Measure,
    canary: Traffic,
    together: Traffic,
    pods: Mapping[str, Traffic],
    level: float,
    min_requests: int,
) -> Iterator[Comparison]:
    """Yield what is wrong by one measure."""
    mine, theirs = measure.of(canary), measure.of(together) or Proportion(0, 0)
    if mine is None:
        yield Comparison(Finding.INCONCLUSIVE, "no-metrics", f"the histogram cannot tell a {measure.told}")
        return
    told = f"{measure.what}: {mine}, stable pods {theirs}"
    comparable = theirs.whole >= min_requests
    worst = max([theirs.share, *_shares(measure, pods, min_requests)])
    if comparable and mine.share - worst >= measure.margin and fisher_greater(mine, theirs) < level:
        yield Comparison(Finding.BAD, measure.name, told)
    elif mine.share > measure.bearable and comparable and worst > measure.bearable:
        yield Comparison(Finding.INCONCLUSIVE, "all-unwell", f"stable pods are as bad; {told}")
    elif mine.share > measure.bearable and binomial_greater(mine, measure.bearable) < level:
        yield Comparison(Finding.BAD, measure.name, told)
    elif mine.share > measure.bearable or (comparable and mine.share - theirs.share >= measure.margin):
        yield Comparison(Finding.INCONCLUSIVE, measure.name, f"not sure yet; {told}")


def _shares(measure: Measure, pods: Mapping[str, Traffic], min_requests: int) -> Iterator[float]:
    """The share of bad requests of each stable pod that has enough of them to speak for itself."""
    for traffic in pods.values():
        found = measure.of(traffic)
        if found is not None and found.whole >= min_requests:
            yield found.share
