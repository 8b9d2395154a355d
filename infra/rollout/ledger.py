"""What was released: one immutable ConfigMap for each release, hash-chained, the last 50 of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from infra.rejection import ApiError
from infra.rollout import chain, contract
from infra.rollout.chain import Link
from infra.rollout.live import mapping, name
from infra.rollout.record import LABELS, Outcome, Record, manifest, name_of, number_of, parse, sealed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from infra.manifests import Manifest
    from infra.manifests.release import Release

__all__ = ["KEPT", "Outcome", "Record", "Store", "add", "found", "good", "last_good", "links", "records"]

KEPT = 50
_SAYS_NOTHING = ("changed", "contracting")
"""Outcomes of something else than a release."""

_CONFLICT = 409
_ATTEMPTS = 5


class Store(Protocol):
    """The part of `infra.cluster.Cluster` that the ledger needs."""

    def list(
        self, api_version: str, kind: str, namespace: str | None = None, *, labels: str = "", fields: str = ""
    ) -> list[Manifest]:
        """Live objects."""

    def create(self, manifest: Manifest, *, dry_run: bool = False) -> Manifest:
        """Create an object; 409 when there is one."""

    def delete(
        self, api_version: str, kind: str, name: str, namespace: str | None = None, *, propagation: str = "Background"
    ) -> None:
        """Delete an object."""


def records(store: Store, namespace: str) -> list[Record]:
    """All records, oldest first; what cannot be read is left to `chain.first_break`."""
    return [record for record in map(parse, _live(store, namespace)) if record is not None]


def links(store: Store, namespace: str) -> list[Link]:
    """All objects that claim to be records, oldest first."""
    return _links(_live(store, namespace))


def _live(store: Store, namespace: str) -> list[Manifest]:
    labels = ",".join(f"{key}={value}" for key, value in LABELS.items())
    return sorted(
        store.list("v1", "ConfigMap", namespace, labels=labels), key=lambda live: (number_of(live), name(live))
    )


def _links(live: Iterable[Manifest]) -> list[Link]:
    return [Link(name(each), number_of(each), mapping(each, "data")) for each in live]


def good(history: Sequence[Record]) -> list[Release]:
    """The releases whose last record says they served healthy, newest first, each once."""
    last = {record.release: record for record in history if record.outcome not in _SAYS_NOTHING}
    kept = [record for record in last.values() if record.outcome == "deployed"]
    return [record.release for record in sorted(kept, key=lambda record: record.number, reverse=True)]


def found(history: Sequence[Record], release: Release) -> Record | None:
    """The newest record that says of a release that it served healthy."""
    serving = (record for record in reversed(history) if record.release == release and record.outcome == "deployed")
    return next(serving, None)


def last_good(history: Sequence[Record], *, other_than: Release | None) -> Release | None:
    """The newest release that served healthy and that no contracting migration has left behind, that one apart."""
    known = (release for release in good(history) if release != other_than)
    return next((release for release in known if contract.past(history, release) is None), None)


def add(store: Store, namespace: str, record: Record) -> Record:
    """Write a record after the newest one, and prune what is older than the last 50.

    Returns:
        The record with its number and its hash, the ledger's new head.

    Raises:
        ApiError: The API server refuses it.
    """
    for attempt in range(_ATTEMPTS):
        history = [link for link in links(store, namespace) if link.number]
        pruned = history[: max(0, len(history) + 1 - KEPT)]
        placed = _after(history, pruned, record)
        try:
            store.create(manifest(placed, namespace))  # of two writers at once one is refused: the number is taken
        except ApiError as error:
            if error.status != _CONFLICT or attempt == _ATTEMPTS - 1:
                raise
            continue
        for old in pruned:
            store.delete("v1", "ConfigMap", name_of(old.number), namespace)
        return placed
    raise AssertionError


def _after(history: Sequence[Link], pruned: Sequence[Link], record: Record) -> Record:
    head = history[-1] if history else None
    return sealed(
        replace(
            record,
            number=head.number + 1 if head else 1,
            previous=head.digest if head else "",
            anchor=chain.anchor(history[0] if history else None, pruned[-1] if pruned else None, head),
        )
    )
