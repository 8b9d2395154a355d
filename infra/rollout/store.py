"""The live objects of a rollout as a list and its watches tell them, kept up to date message by message."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from infra.rollout.live import mapping, text, uid
from infra.rollout.snapshot import Snapshot

if TYPE_CHECKING:
    from infra.manifests import Manifest
    from infra.rollout.target import Target


_ROUTINE = ("Scheduled", "Pulling", "Pulled", "Created", "Started", "SuccessfulCreate", "SuccessfulDelete")
"""What events say of every pod that is well; in a large namespace they are nearly all of them."""


@dataclass(frozen=True)
class Query:
    """What is watched of one kind.

    Attributes:
        about: How the name of the object begins that an event is about: the API server knows no such selector.
    """

    api_version: str
    kind: str
    labels: str = ""
    fields: str = ""
    about: str = ""

    def matters(self, item: Manifest) -> bool:
        """Whether this is worth holding."""
        return not self.about or text(item, "involvedObject", "name").startswith(self.about)


@dataclass(frozen=True)
class Message:
    """What a watching thread has to say about its kind."""

    kind: str
    what: Literal["sync", "change", "lost", "fatal"]
    items: tuple[Manifest, ...] = ()
    deleted: bool = False
    error: Exception | None = None


@dataclass
class Store:
    """The live objects as the watches last told them."""

    target: Target
    objects: dict[str, dict[str, Manifest]] = field(default_factory=dict)
    lost: dict[str, str] = field(default_factory=dict)

    def take(self, message: Message) -> None:
        """Fold one message in.

        Raises:
            Exception: The thread's own, when it cannot go on.
        """
        if message.what == "fatal" and message.error is not None:
            raise message.error
        if message.what == "lost":
            self.lost[message.kind] = str(message.error)
            return
        if message.what == "sync":
            self.lost.pop(message.kind, None)
            self.objects[message.kind] = {}
        for item in message.items:
            if message.deleted:
                self.objects[message.kind].pop(uid(item), None)
            else:
                mapping(item, "metadata").pop("managedFields", None)
                self.objects[message.kind][uid(item)] = item

    def synced(self) -> bool:
        """Whether every kind is known and followed."""
        return not self.lost and all(query.kind in self.objects for query in queries(self.target))

    def snapshot(self) -> Snapshot:
        """The objects of this moment."""
        found = {query.kind: tuple(self.objects.get(query.kind, {}).values()) for query in queries(self.target)}
        deployment = next(iter(found["Deployment"]), None)
        job = next(iter(found.get("Job", ())), None)
        return Snapshot(deployment, found["ReplicaSet"], found["Pod"], found["Event"], job)


def queries(target: Target) -> list[Query]:
    """What has to be watched to judge a rollout."""
    return [
        Query("apps/v1", "Deployment", fields=f"metadata.name={target.deployment}"),
        Query("apps/v1", "ReplicaSet", labels=target.selector),
        Query("v1", "Pod", labels=target.selector),
        Query("v1", "Event", fields=",".join(f"reason!={reason}" for reason in _ROUTINE), about=target.deployment),
        *([Query("batch/v1", "Job", fields=f"metadata.name={target.job}")] if target.job else []),
    ]
