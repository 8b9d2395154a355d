"""A page in Prometheus' text format as one pod's counters."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

from infra.telemetry.source import DURATION, REQUESTS, STARTED, Totals
from infra.telemetry.traffic import Traffic
from infra.text import line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from prometheus_client.samples import Sample


def parse(page: str, *, ignored: Collection[str]) -> Totals:
    """Read what the app says of itself.

    Args:
        page: The answer of `/metrics`.
        ignored: Routes that do not count: probes and the metrics themselves, which are good whatever else is broken.

    Raises:
        ValueError: It is no such page, or a metric that is needed is not on it.
    """
    from prometheus_client.parser import text_string_to_metric_families

    try:
        families = {family.name: family.samples for family in text_string_to_metric_families(page)}
    except (ValueError, LookupError) as error:
        raise ValueError(f"is not in Prometheus' text format: {line(error, limit=80)}") from None
    # The parser knows a counter by its name without the suffix.
    requests = _needed(families, REQUESTS.removesuffix("_total"))
    duration = _needed(families, DURATION)
    started = [sample.value for sample in _needed(families, STARTED)]
    counted = [sample for sample in requests if sample.name == REQUESTS and _counts(sample, ignored)]
    within: Counter[float] = Counter({math.inf: 0})
    for sample in duration:
        if sample.name == f"{DURATION}_bucket" and _counts(sample, ignored):
            within[float(sample.labels["le"])] += round(sample.value)
    return Totals(
        Traffic(
            requests=_sum(counted),
            errors=_sum(sample for sample in counted if is_error(sample.labels.get("status", ""))),
            within=dict(sorted(within.items())),
        ),
        began=started[0] if started else math.nan,
    )


def is_error(status: str) -> bool:
    """Whether an HTTP status says that the server failed."""
    return status.startswith("5")


def _needed(families: dict[str, list[Sample]], name: str) -> list[Sample]:
    if name not in families:
        raise ValueError(f"metric {name}: is not there")
    return families[name]


def _counts(sample: Sample, ignored: Collection[str]) -> bool:
    return sample.labels.get("route") not in ignored


def _sum(samples: Iterable[Sample]) -> int:
    return round(sum(sample.value for sample in samples))
