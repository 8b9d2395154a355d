"""What was last said about the API's objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

from infra.rollout.live import text, uid
from infra.text import line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from infra.manifests import Manifest
    from infra.rollout.snapshot import Snapshot
    from infra.rollout.target import Target

SHOWN: Final = 5


class Cluster(Protocol):
    """The part of `infra.cluster.Cluster` that is needed here."""

    def list(
        self, api_version: str, kind: str, namespace: str | None = None, *, labels: str = "", fields: str = ""
    ) -> list[Manifest]:
        """Live objects."""


def read(cluster: Cluster, target: Target, snapshot: Snapshot, *, well: bool) -> list[dict[str, Any]]:
    """The newest events, oldest first.

    Where something is wrong the routine ones come along, which a rollout does not watch: that a pod was scheduled, its
    image pulled, its container started or killed tells how far it came. They take no place from the others.

    Args:
        cluster: Where.
        target: Its names.
        snapshot: With the events that a rollout watches.
        well: Nothing is wrong.

    Raises:
        UnavailableError: The cluster does not answer.
    """
    shown = _newest(snapshot.events)
    if not well:
        known = {uid(event) for event in snapshot.events}
        found = cluster.list("v1", "Event", target.namespace)
        ours = [each for each in found if text(each, "involvedObject", "name").startswith(target.deployment)]
        shown = sorted([*shown, *_newest(each for each in ours if uid(each) not in known)], key=_when)
    return [_told(event) for event in shown]


def _newest(events: Iterable[Manifest]) -> list[Manifest]:
    return sorted(events, key=_when)[-SHOWN:]


def _when(event: Manifest) -> str:
    return text(event, "lastTimestamp") or text(event, "eventTime") or text(event, "metadata", "creationTimestamp")


def _told(event: Manifest) -> dict[str, Any]:
    return {
        "at": _when(event),
        "about": f"{text(event, 'involvedObject', 'kind')}/{text(event, 'involvedObject', 'name')}",
        "reason": text(event, "reason"),
        "message": line(text(event, "message")),
    }
