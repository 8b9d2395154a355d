"""Decide from measured traffic whether a release that has been rolled out is to be taken back: pure statistics.

Nothing is left to compare it with, so it is held to the runbook's symptoms (error rate above 1 %, p95 above 500 ms) and
to the error budget's fast burn. All of them follow the budget's two windows: the whole bake, in which an exact binomial
test has to be sure, and its last twelfth, so that a burst that is over takes nothing back. Where the release before was
as bad while the canary ran, its share is the one that can be borne.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from infra.rollout.comparison import FALSE_ABORTS, Comparison, Finding
from infra.telemetry.exact import binomial_greater
from infra.telemetry.measures import absolute
from infra.telemetry.slo import FAST, SHORT_PART, burn_rate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.settings.alerts import Alerts
    from infra.telemetry.traffic import Proportion, Traffic

LOOKS: Final = SHORT_PART
"""So often a bake is looked at, which makes the time since the look before its last twelfth."""

_MOST: Final = 0.999


def judge(
    whole: Traffic, late: Traffic | None, *, alerts: Alerts, before: Traffic | None, min_requests: int
) -> Comparison:
    """Judge what a release has answered.

    Args:
        whole: Since the bake began.
        late: Since the look before; None when that is not known.
        alerts: The runbook's thresholds.
        before: What the release before answered; None when nothing is known.
        min_requests: Fewer say nothing.

    Returns:
        BAD only if it is surely beyond what can be borne, and still is; INCONCLUSIVE of too few requests.
    """
    if whole.requests < min_requests:
        message = f"{whole.requests} requests: fewer than {min_requests} say nothing"
        return Comparison(Finding.INCONCLUSIVE, "low-traffic", message)
    good = Comparison(Finding.GOOD, "bearable", str(whole))
    return good if late is None else next(_wrong(whole, late, alerts, before), good)


def _wrong(whole: Traffic, late: Traffic, alerts: Alerts, before: Traffic | None) -> Iterator[Comparison]:
    measures = absolute(alerts)
    level = FALSE_ABORTS / (LOOKS * (len(measures) + 1))
    for measure in measures:
        seen, now, old = (None if each is None else measure.of(each) for each in (whole, late, before))
        if seen is None or now is None:
            yield Comparison(Finding.INCONCLUSIVE, "no-metrics", f"the histogram cannot tell a {measure.told}")
            continue
        limit = max(measure.bearable, 0.0 if old is None else old.share)
        if now.share > limit and _surely_above(seen, limit, level):
            yield Comparison(Finding.BAD, measure.name, f"{measure.told}: {measure.what}: {seen}, lately {now}")
    target = alerts.error_rate.target_percent / 100
    failed, lately = whole.failed(), late.failed()
    limit = max(FAST.factor * target, 0.0 if before is None else before.failed().share)
    if FAST.burns(failed, lately, target=target) and lately.share > limit and _surely_above(failed, limit, level):
        rate = f"the error budget burns {burn_rate(failed, target):.0f} times too fast, {FAST.factor:.1f} is too much"
        yield Comparison(Finding.BAD, "error-budget", f"{rate}: errors: {failed}, lately {lately}")


def _surely_above(seen: Proportion, limit: float, level: float) -> bool:
    return seen.share > limit and binomial_greater(seen, min(limit, _MOST)) < level
