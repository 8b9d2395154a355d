"""Who is told of deploys and rollbacks; every credential comes from the environment."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from infra.settings.units import Section

OURS = "ours: who is not told never stops a deploy"


class SentryProject(Section):
    """Gets a release and a deploy; the token comes from $SENTRY_AUTH_TOKEN."""

    organization: str = Field(
        pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$", examples=["rez"], description="runbook, Dashboards"
    )
    project: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$", examples=["merchant-backend"], description=OURS)
    url: str = Field(default="https://sentry.io", pattern=r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?$", description=OURS)


class NewRelicEntity(Section):
    """Gets a change marker; the user key comes from $NEW_RELIC_API_KEY."""

    entity: str = Field(
        pattern=r"^[A-Za-z0-9+/=_-]{8,200}$",
        examples=["the application's entity GUID"],
        description="runbook, Dashboards",
    )
    region: Literal["us", "eu"] = Field(default="us", description="ours: where the account's data is kept")


class Notifications(Section):
    """Each of them, or none."""

    webhook: bool = Field(default=False, description="ours: a Slack-compatible webhook; its address: $REZ_WEBHOOK_URL")
    sentry: SentryProject | None = Field(default=None, description=OURS)
    new_relic: NewRelicEntity | None = Field(default=None, description=OURS)
