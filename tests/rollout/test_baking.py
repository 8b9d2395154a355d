from __future__ import annotations

import math
import random

import pytest

from infra.local.paths import ROOT
from infra.rollout import baking
from infra.rollout.comparison import FALSE_ABORTS, Finding
from infra.settings import load
from infra.telemetry.traffic import Traffic

ALERTS = load("production", ROOT).alerts


def traffic(requests: int, errors: int = 0, slow: int = 0) -> Traffic:
    """`slow`: how many took longer than 500 ms."""
    return Traffic(requests, errors, {0.5: requests - slow, math.inf: requests})


def judged(whole: Traffic, late: Traffic | None, before: Traffic | None = None) -> tuple[str, str]:
    found = baking.judge(whole, late, alerts=ALERTS, before=before, min_requests=500)
    return found.finding.value, found.reason


@pytest.mark.parametrize(
    ("whole", "late", "before", "expected"),
    [
        (traffic(6000, 6), traffic(500), None, ("good", "bearable")),
        (traffic(6000, 120), traffic(500, 10), None, ("bad", "error-rate")),
        (traffic(6000, 0, 600), traffic(500, 0, 50), None, ("bad", "response-time")),
        (traffic(6000, 120), traffic(500, 0), None, ("good", "bearable")),  # a burst that is over
        (traffic(6000, 62), traffic(500, 6), None, ("good", "bearable")),  # not sure
        (traffic(6000, 120), None, None, ("good", "bearable")),
        (traffic(499, 499), traffic(40, 40), None, ("inconclusive", "low-traffic")),
        (traffic(6000, 120), traffic(500, 10), traffic(1000, 20), ("good", "bearable")),  # as bad as before
        (traffic(6000, 300), traffic(500, 25), traffic(1000, 20), ("bad", "error-rate")),
        (traffic(6000, 6000), traffic(500, 500), traffic(1000, 1000), ("good", "bearable")),
        (Traffic(6000, 0, {}), traffic(500), None, ("inconclusive", "no-metrics")),
    ],
)
def test_findings(whole: Traffic, late: Traffic | None, before: Traffic | None, expected: tuple[str, str]) -> None:
    assert judged(whole, late, before) == expected


def test_a_burnt_budget_counts_where_the_warning_level_is_higher() -> None:
    patient = ALERTS.error_rate.model_copy(update={"warning_percent": 4.0})
    alerts = ALERTS.model_copy(update={"error_rate": patient})
    found = baking.judge(traffic(6000, 150), traffic(500, 12), alerts=alerts, before=None, min_requests=500)
    assert (found.finding, found.reason) == (Finding.BAD, "error-budget")
    assert "burns 25 times too fast" in found.message


def test_a_release_at_the_very_limit_is_hardly_ever_taken_back() -> None:
    draw, runs, bad = random.Random("limit"), 200, 0
    for _ in range(runs):
        whole = Traffic()
        for _ in range(baking.LOOKS):
            errors = sum(draw.random() < 0.01 for _ in range(200))
            late = traffic(200, errors)
            whole = traffic(whole.requests + 200, whole.errors + errors)
            if judged(whole, late)[0] == "bad":
                bad += 1
                break
    assert bad / runs <= FALSE_ABORTS, f"{bad} of {runs}"
