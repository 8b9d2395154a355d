"""What is told to whom, as requests. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import quote

from infra.telemetry.new_relic import KEY, URLS
from infra.text import line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from infra.settings.notifications import NewRelicEntity, Notifications, SentryProject

WEBHOOK: Final = "REZ_WEBHOOK_URL"
TOKEN: Final = "SENTRY_AUTH_TOKEN"  # noqa: S105 - the variable's name
_LONGEST: Final = 2500
"""Slack cuts a text at 3,000 characters."""
_MARK: Final = """\
mutation ($deployment: ChangeTrackingDeploymentInput!) {
  changeTrackingCreateDeployment(deployment: $deployment) { deploymentId }
}"""


class Call(NamedTuple):
    """One POST of JSON; address and headers may hold a credential, so neither is ever shown."""

    url: str
    body: dict[str, Any]
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Delivery:
    """What one receiver gets.

    Attributes:
        to: The receiver, for people.
        calls: One after the other; the next only if the one before was taken.
        missing: The variable that holds its credential and is not set; then there are no calls.
    """

    to: str
    calls: tuple[Call, ...] = field(default=(), repr=False)
    missing: str = ""


@dataclass(frozen=True)
class News:
    """What has happened.

    Attributes:
        serving: The release that this has brought in; "" where none was.
    """

    stack: str
    good: bool
    text: str
    by: str
    serving: str = ""


def deliveries(news: News, settings: Notifications, environment: Mapping[str, str]) -> Iterator[Delivery]:
    """Make what each receiver gets.

    Args:
        news: What has happened.
        settings: Who is to be told.
        environment: Where credentials are.
    """
    if settings.webhook:
        yield _delivery("the webhook", WEBHOOK, environment, lambda url: [Call(url, _message(news), {})])
    if settings.sentry is not None and news.serving:
        sentry = settings.sentry
        yield _delivery("Sentry", TOKEN, environment, lambda token: _release(news, sentry, token))
    if settings.new_relic is not None and news.serving:
        entity = settings.new_relic
        yield _delivery("New Relic", KEY, environment, lambda key: [_marker(news, entity, key)])


def _delivery(to: str, variable: str, environment: Mapping[str, str], calls: Callable[[str], list[Call]]) -> Delivery:
    credential = environment.get(variable, "").strip()
    return Delivery(to, tuple(calls(credential))) if credential else Delivery(to, missing=variable)


def _message(news: News) -> dict[str, Any]:
    """A message for Slack and what understands the same: what is in it can neither link nor call anybody."""
    plain = _plain(news.text)
    sign = ":white_check_mark:" if news.good else ":rotating_light:"
    return {"text": f"{sign} {news.stack}, by {_plain(line(news.by))}\n```{plain[:_LONGEST]}```"}


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("`", "'")


def _release(news: News, sentry: SentryProject, token: str) -> list[Call]:
    place = f"{sentry.url}/api/0/organizations/{sentry.organization}/releases/"
    headers = {"Authorization": f"Bearer {token}"}
    return [
        Call(place, {"version": news.serving, "projects": [sentry.project]}, headers),
        Call(f"{place}{quote(news.serving, safe='')}/deploys/", {"environment": news.stack}, headers),
    ]


def _marker(news: News, entity: NewRelicEntity, key: str) -> Call:
    deployment = {
        "entityGuid": entity.entity,
        "version": news.serving,
        "user": line(news.by),
        "description": line(news.text),
        "deploymentType": "ROLLING",
    }
    body = {"query": _MARK, "variables": {"deployment": deployment}}
    return Call(URLS[entity.region], body, {"API-Key": key})
