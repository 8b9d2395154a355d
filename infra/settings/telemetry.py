"""Where requests, errors and response times are read."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from infra.settings.units import Section

OURS = "ours: instead of the pods' own /metrics"


class PrometheusServer(Section):
    """A Prometheus that scrapes the pods; a bearer token comes from $PROMETHEUS_TOKEN."""

    url: str = Field(
        pattern=r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._/-]*)?$",
        max_length=200,
        examples=["https://prometheus.example.com"],
        description=OURS,
    )


class NewRelicAccount(Section):
    """An account whose agents run in the pods; the user key comes from $NEW_RELIC_API_KEY."""

    account: int = Field(ge=1, le=999_999_999, description="runbook, Dashboards: New Relic")
    region: Literal["us", "eu"] = Field(default="us", description="ours: where the account's data is kept")


class Telemetry(Section):
    """One of them, or neither: then the pods are asked themselves, through the API server."""

    prometheus: PrometheusServer | None = Field(default=None, description=OURS)
    new_relic: NewRelicAccount | None = Field(default=None, description=OURS)
