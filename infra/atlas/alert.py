"""Alert configurations: the runbook's thresholds, watched by Atlas itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.atlas import Properties
    from infra.settings.alerts import PercentLevels
    from infra.settings.model import Settings

_LEVELS: Final = {"target": "INFO", "warning": "WARNING", "critical": "CRITICAL"}
_REPEAT_MIN: Final = {"INFO": 24 * 60, "WARNING": 60, "CRITICAL": 5}
"""Minutes until Atlas sends an alert again that nobody has acknowledged."""


@dataclass(frozen=True)
class _Threshold:
    """A metric and the value at which it is an alert; the units are those that Atlas takes for the metric."""

    metric: str
    operator: str
    value: float
    units: str


def alerts(settings: Settings) -> dict[str, Properties]:
    """Alert configurations by a name of ours, as ``connections-critical``.

    Connections are told at all three levels, because a pool that is too large shows there before it fails.
    """
    given = settings.alerts
    contacts = settings.contacts
    found: dict[str, Properties] = {}
    for name, level, threshold in _thresholds(settings):
        severity = _LEVELS[level]
        contact = contacts.on_call if severity == "CRITICAL" else contacts.database_admin
        found[f"{name}-{level}"] = _alert(threshold, severity, contact.email)
    lag = _Threshold("OPLOG_SLAVE_LAG_MASTER_TIME", "GREATER_THAN", given.replication_lag_s, "SECONDS")
    window = _Threshold("OPLOG_MASTER_TIME", "LESS_THAN", given.oplog_window_s // 3600, "HOURS")
    found["replication-lag"] = _alert(lag, "CRITICAL", contacts.on_call.email)
    found["oplog-window"] = _alert(window, "WARNING", contacts.database_admin.email)
    return found


def _thresholds(settings: Settings) -> Iterator[tuple[str, str, _Threshold]]:
    given = settings.alerts
    watched: tuple[tuple[str, str, PercentLevels, tuple[str, ...]], ...] = (
        ("connections", "CONNECTIONS_PERCENT", given.database_connections, ("target", "warning", "critical")),
        ("cpu", "NORMALIZED_SYSTEM_CPU_USER", given.cpu, ("warning", "critical")),
        ("memory", "SYSTEM_MEMORY_PERCENT_USED", given.memory, ("warning", "critical")),
        ("disk", "DISK_PARTITION_SPACE_USED_DATA", given.database_disk, ("warning", "critical")),
    )
    for name, metric, levels, told in watched:
        for level in told:
            yield name, level, _Threshold(metric, "GREATER_THAN", getattr(levels, f"{level}_percent"), "RAW")


def _alert(threshold: _Threshold, severity: str, email: str) -> Properties:
    return {
        "eventType": "OUTSIDE_METRIC_THRESHOLD",
        "enabled": True,  # the provider's default is not to
        "severityOverride": severity,
        "metricThresholdConfig": {
            "metricName": threshold.metric,
            "mode": "AVERAGE",
            "operator": threshold.operator,
            "threshold": threshold.value,
            "units": threshold.units,
        },
        "notifications": [
            {
                "typeName": "EMAIL",
                "emailAddress": email,
                "intervalMin": _REPEAT_MIN[severity],
                "delayMin": 0,
            }
        ],
    }
