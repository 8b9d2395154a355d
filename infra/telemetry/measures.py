"""What can be bad about requests, as shares of them: the runbook's thresholds in the form that tests need.

A 95th percentile above a limit says the same as more than 5 % of the requests above it, and that is a proportion like
the error rate. So one family of exact tests serves both, and no shape of the response times has to be assumed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from infra.quantities import format_milliseconds, format_percent

if TYPE_CHECKING:
    from infra.settings.alerts import Alerts
    from infra.telemetry.traffic import Proportion, Traffic

SLOWEST: Final = 0.05
"""The share of requests that a 95th percentile leaves above itself."""


@dataclass(frozen=True)
class Measure:
    """One kind of bad requests.

    Attributes:
        name: One word for machines.
        limit_s: What counts as slow, in seconds; None counts errors.
        margin: A share worse than others by less than this does not matter, from 0 to 1.
        bearable: The largest share that can be borne whatever others do, from 0 to 1.
        told: What a share beyond the bearable is called.
    """

    name: str
    limit_s: float | None
    margin: float
    bearable: float
    told: str

    @property
    def what(self) -> str:
        """The bad requests' name."""
        return "errors" if self.limit_s is None else f"slower than {format_milliseconds(round(1000 * self.limit_s))}"

    def of(self, traffic: Traffic) -> Proportion | None:
        """The bad ones among these requests; None where the histogram cannot tell."""
        return traffic.failed() if self.limit_s is None else traffic.slower_than(self.limit_s)


def compared(alerts: Alerts) -> tuple[Measure, ...]:
    """What a canary is compared by.

    Worse than the stable pods by the runbook's warning level of errors, or with 5 % more of slow requests, where slow
    is what the target, the warning and the critical level of the 95th percentile say. Unbearable is the critical level.
    """
    times = alerts.response_time_p95
    levels = (times.target_ms, times.warning_ms, times.critical_ms)
    return (
        _errors(alerts, alerts.error_rate.critical_percent),
        *(_slow(limit_ms, SLOWEST if limit_ms == times.critical_ms else 1.0) for limit_ms in levels),
    )


def absolute(alerts: Alerts) -> tuple[Measure, ...]:
    """What a release is taken back for: the runbook's symptoms of High Error Rate and Slow Response Time."""
    return (_errors(alerts, alerts.error_rate.warning_percent), _slow(alerts.response_time_p95.warning_ms, SLOWEST))


def _errors(alerts: Alerts, bearable_percent: float) -> Measure:
    told = f"error rate above {format_percent(bearable_percent)}"
    return Measure("error-rate", None, alerts.error_rate.warning_percent / 100, bearable_percent / 100, told)


def _slow(limit_ms: int, bearable: float) -> Measure:
    shown = format_milliseconds(limit_ms)
    return Measure("response-time", limit_ms / 1000, SLOWEST, bearable, f"p95 above {shown}")
