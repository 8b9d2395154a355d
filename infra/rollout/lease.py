"""The Lease that one run at a time holds, lock and journal in one object: pure, from and to the live object."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final, Self

from infra.manifests import names
from infra.rollout.journal import Entry
from infra.rollout.live import mapping, number, text

if TYPE_CHECKING:
    from datetime import datetime

    from infra.manifests import Manifest

API_VERSION: Final = "coordination.k8s.io/v1"
KIND: Final = "Lease"
NAME: Final = names.DEPLOY_LEASE
JOURNAL: Final = "rez.dev/journal"
DURATION_S: Final = 15
"""How long a holder may be silent before others take it for dead; client-go's leader election has the same."""

_HOLDER = re.compile(r"(?P<by>.*) on (?P<host>\S+), pid (?P<pid>\d+), run (?P<run>\w+)")


@dataclass(frozen=True)
class Holder:
    """Which run of whom holds the lock."""

    by: str
    host: str
    pid: int
    run: str

    def __str__(self) -> str:
        """As it stands in the Lease."""
        return f"{self.by} on {self.host}, pid {self.pid}, run {self.run}"

    @classmethod
    def parse(cls, identity: str) -> Self | None:
        """Read an identity; None when it is none of ours."""
        found = _HOLDER.fullmatch(identity)
        return cls(found["by"], found["host"], int(found["pid"]), found["run"]) if found else None


@dataclass(frozen=True)
class Sighting:
    """What an observer last saw of a holder's life, by the observer's own clock: the Lease's times are never compared.

    Attributes:
        spec: The Lease's.
        at_s: When it was first seen like this.
        alive: The holder was seen to renew it.
    """

    spec: dict[str, Any]
    at_s: float
    alive: bool = False

    def again(self, live: Manifest, at_s: float) -> Sighting:
        """The sighting after one more look."""
        spec = mapping(live, "spec")
        return self if spec == self.spec else Sighting(spec, at_s, alive=True)

    def expired(self, at_s: float) -> bool:
        """Whether the holder was silent for as long as it said it would be at most."""
        return at_s - self.at_s >= (number(self.spec, "leaseDurationSeconds") or DURATION_S)


def holder(live: Manifest | None) -> str:
    """Who holds it; "" when nobody does."""
    return text(live, "spec", "holderIdentity")


def since(live: Manifest | None) -> str:
    """When it was taken, ISO 8601; "" when it is not known."""
    return text(live, "spec", "acquireTime")


def token(live: Manifest | None) -> int:
    """The fencing token of whoever took it last: higher each time."""
    return number(live, "spec", "leaseTransitions")


def entry(live: Manifest | None) -> Entry | None:
    """What its holder is doing, or what the last one left half done."""
    return Entry.parse(text(live, "metadata", "annotations", JOURNAL))


def new(namespace: str) -> Manifest:
    """A Lease that nobody has held yet."""
    labels = {"app.kubernetes.io/managed-by": "rez"}
    metadata = {"name": NAME, "namespace": namespace, "labels": labels}
    return {"apiVersion": API_VERSION, "kind": KIND, "metadata": metadata, "spec": {}}


def taken(live: Manifest, by: Holder, *, now: datetime, duration_s: int, above: int = 0) -> Manifest:
    """The Lease in the hands of a new holder; what the last one left stays written.

    Its token is the next one, above any that a Lease that was deleted has had.
    """
    spec = {
        "holderIdentity": str(by),
        "leaseDurationSeconds": duration_s,
        "acquireTime": _stamp(now),
        "renewTime": _stamp(now),
        "leaseTransitions": max(token(live), above) + 1,
    }
    return {**live, "spec": spec}


def renewed(live: Manifest, *, now: datetime) -> Manifest:
    """The Lease with a sign of life."""
    return {**live, "spec": {**live["spec"], "renewTime": _stamp(now)}}


def written(live: Manifest, what: Entry | None) -> Manifest:
    """The Lease with another journal; None for nothing to resume."""
    others = {key: value for key, value in mapping(live, "metadata", "annotations").items() if key != JOURNAL}
    journal = {JOURNAL: json.dumps(what.as_json())} if what else {}
    return {**live, "metadata": {**live["metadata"], "annotations": {**others, **journal}}}


def freed(live: Manifest) -> Manifest:
    """The Lease in nobody's hands; its token stays, so that the next one is higher."""
    return {**live, "spec": {key: value for key, value in live["spec"].items() if key != "holderIdentity"}}


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
