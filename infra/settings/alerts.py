"""The runbook's thresholds: target, warning and critical of each key metric."""

from __future__ import annotations

from pydantic import Field

from infra.settings.units import Milliseconds, Percent, Seconds, Section

METRICS = "runbook, Key Metrics to Monitor"
REPLICATION = "ours: MongoDB Atlas documentation, Configure Alerts"


class PercentLevels(Section):
    """A share that should stay below its target."""

    target_percent: Percent = Field(gt=0, le=100, description=METRICS)
    warning_percent: Percent = Field(gt=0, le=100, description=METRICS)
    critical_percent: Percent = Field(gt=0, le=100, description=METRICS)


class LatencyLevels(Section):
    """A response time that should stay below its target."""

    target_ms: Milliseconds = Field(ge=1, le=60_000, description=METRICS)
    warning_ms: Milliseconds = Field(ge=1, le=60_000, description=METRICS)
    critical_ms: Milliseconds = Field(ge=1, le=60_000, description=METRICS)


class Alerts(Section):
    """Every threshold of the runbook."""

    error_rate: PercentLevels
    """Share of requests answered with 5xx."""
    response_time_p95: LatencyLevels
    """The 95th percentile of the response time."""
    request_drop_percent: Percent = Field(gt=0, le=100, description=METRICS)
    cpu: PercentLevels
    """Usage of the CPU limit (the autoscaler counts the request)."""
    memory: PercentLevels
    """Usage of the memory limit."""
    database_connections: PercentLevels
    """Connections in use: of one pod's pool, and of those that the database's tier allows each node."""
    database_disk: PercentLevels
    """Use of each database node's disk."""
    replication_lag_s: Seconds = Field(ge=5, le=600, description=f"{REPLICATION}: a failover loses what was not copied")
    oplog_window_s: Seconds = Field(
        ge=3600, le=30 * 24 * 3600, description=f"{REPLICATION}: a node that is away for longer must be copied anew"
    )
