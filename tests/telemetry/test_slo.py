from __future__ import annotations

import pytest

from infra.telemetry.slo import FAST, BurnAlert, burn_rate
from infra.telemetry.traffic import Proportion

TARGET = 0.001


def test_the_workbooks_factors() -> None:
    assert FAST.factor == pytest.approx(14.4)
    assert BurnAlert(window_s=6 * 3600, spent=0.05).factor == pytest.approx(6.0)
    assert BurnAlert(window_s=3 * 24 * 3600, spent=0.1).factor == pytest.approx(1.0)


def test_a_rate_of_one_uses_the_budget_up_in_its_period() -> None:
    assert burn_rate(Proportion(1, 1000), TARGET) == pytest.approx(1.0)
    assert burn_rate(Proportion(0, 1000), TARGET) == 0.0
    assert burn_rate(Proportion(0, 0), TARGET) == 0.0


@pytest.mark.parametrize(
    ("long", "short", "burns"),
    [
        (Proportion(150, 10_000), Proportion(20, 1000), True),
        (Proportion(140, 10_000), Proportion(20, 1000), False),
        (Proportion(150, 10_000), Proportion(0, 1000), False),  # it is over
        (Proportion(0, 10_000), Proportion(20, 1000), False),  # it has just begun
        (Proportion(150, 10_000), Proportion(0, 0), False),
    ],
)
def test_both_windows_must_burn(long: Proportion, short: Proportion, *, burns: bool) -> None:
    assert FAST.burns(long, short, target=TARGET) is burns
