"""What a source of metrics has to tell."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from infra.telemetry.traffic import Traffic

REQUESTS: Final = "http_requests_total"
"""Counter of finished requests, with the labels `route` and `status`."""

DURATION: Final = "http_request_duration_seconds"
"""Histogram of the time to the last byte, with the label `route`."""

STARTED: Final = "process_start_time_seconds"
"""Gauge that every Prometheus client has: another value is another process, whose counters began at 0."""


@dataclass(frozen=True)
class Totals:
    """A pod's counters at one moment.

    Attributes:
        traffic: What it has answered since the count began.
        began: Tells one count from another, such as the process' start in seconds since 1970; the unit is the source's.
    """

    traffic: Traffic
    began: float


@dataclass(frozen=True)
class Reading:
    """What a source told of some pods at one moment.

    Attributes:
        totals: By the pod's name; a pod that is not in it is unknown, which is neither zero nor good.
        problems: Why pods are unknown, one line each, without credentials.
    """

    totals: Mapping[str, Totals] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


class Source(Protocol):
    """Something that knows the counters of pods."""

    def read(self, pods: Sequence[str]) -> Reading:
        """The counters of these pods, now; what cannot be read is left out and said, never raised."""
