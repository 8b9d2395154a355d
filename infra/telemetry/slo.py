"""The error budget: how fast it burns, and when that is too fast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from infra.telemetry.traffic import Proportion

MONTH_S: Final = 30 * 24 * 3600
SHORT_PART: Final = 12
"""The short window is a twelfth of the long one (Google, The Site Reliability Workbook, chapter 5)."""


@dataclass(frozen=True)
class BurnAlert:
    """Too fast is what burns so much of the budget in a window, and still burns as fast in the window's last twelfth.

    Attributes:
        window_s: The long window, in seconds.
        spent: The share of a month's budget that it uses up, from 0 to 1.
    """

    window_s: int
    spent: float

    @property
    def factor(self) -> float:
        """Times the rate that would use the budget up in exactly a month."""
        return self.spent * MONTH_S / self.window_s

    def burns(self, long: Proportion, short: Proportion, *, target: float) -> bool:
        """Whether both windows burn too fast.

        Args:
            long: Failed requests of the long window, or of as much of it as there is.
            short: Failed requests of its last twelfth.
            target: The share of requests that may fail, such as 0.001 for an objective of 99.9 %.
        """
        return min(burn_rate(long, target), burn_rate(short, target)) >= self.factor


FAST: Final = BurnAlert(window_s=3600, spent=0.02)
"""The workbook's page: a burn rate of 14.4."""


def burn_rate(failed: Proportion, target: float) -> float:
    """How many times faster than allowed the budget is spent; 1 uses it up in exactly its period.

    Args:
        failed: Failed requests.
        target: The share of requests that may fail, 0 < target < 1.
    """
    return failed.share / target
