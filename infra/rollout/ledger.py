"""What was released: one immutable ConfigMap for each release, the last 50 of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Literal, Protocol, cast, get_args

from infra.manifests.release import Release
from infra.rejection import ApiError
from infra.rollout.live import mapping, name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infra.manifests import Manifest

KEPT = 50
LABELS = {"app.kubernetes.io/managed-by": "rez", "rez.dev/ledger": "release"}
_PREFIX = "release-"
_CONFLICT = 409
_ATTEMPTS = 5

Outcome = Literal["deployed", "rolled-back", "failed"]


@dataclass(frozen=True)
class Record:
    """One release: what, when, by whom and how it ended.

    Attributes:
        outcome: `deployed`: it served healthy; `rolled-back`: it was taken back; `failed`: it ended in neither.
        started: ISO 8601, UTC.
        finished: ISO 8601, UTC.
    """

    version: str
    image: str
    outcome: Outcome
    started: str
    finished: str
    by: str
    reason: str
    number: int = 0

    @property
    def release(self) -> Release:
        """The release it is about."""
        return Release(self.version, self.image)


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


def manifest(record: Record, namespace: str) -> Manifest:
    """The ConfigMap of a record."""
    data = {key: value for key, value in asdict(record).items() if key != "number"}
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": f"{_PREFIX}{record.number:06d}", "namespace": namespace, "labels": dict(LABELS)},
        "immutable": True,
        "data": data,
    }


def parse(live: Manifest) -> Record | None:
    """The record of a ConfigMap; None when it is none."""
    number = name(live).removeprefix(_PREFIX)
    data = mapping(live, "data")
    if not number.isdecimal() or data.get("outcome") not in get_args(Outcome):
        return None
    texts = {key.name: str(data.get(key.name, "")) for key in fields(Record) if key.name not in ("number", "outcome")}
    return Record(**texts, outcome=cast("Outcome", data["outcome"]), number=int(number))


def records(store: Store, namespace: str) -> list[Record]:
    """All records, oldest first."""
    labels = ",".join(f"{key}={value}" for key, value in LABELS.items())
    found = [parse(live) for live in store.list("v1", "ConfigMap", namespace, labels=labels)]
    return sorted((record for record in found if record is not None), key=lambda record: record.number)


def good(history: Sequence[Record]) -> list[Release]:
    """The releases whose last record says they served healthy, newest first, each once."""
    last = {record.release: record for record in history}
    kept = [record for record in last.values() if record.outcome == "deployed"]
    return [record.release for record in sorted(kept, key=lambda record: record.number, reverse=True)]


def last_good(history: Sequence[Record], *, other_than: Release | None) -> Release | None:
    """The newest release that served healthy, that one apart."""
    return next((release for release in good(history) if release != other_than), None)


def add(store: Store, namespace: str, record: Record) -> Record:
    """Write a record under the next number, and prune what is older than the last 50.

    Raises:
        ApiError: The API server refuses it.
    """
    for attempt in range(_ATTEMPTS):
        history = records(store, namespace)
        number = history[-1].number + 1 if history else 1
        numbered = Record(**{**asdict(record), "number": number})
        try:
            store.create(manifest(numbered, namespace))
        except ApiError as error:
            if error.status != _CONFLICT or attempt == _ATTEMPTS - 1:
                raise
            continue
        for old in history[: max(0, len(history) + 1 - KEPT)]:
            store.delete("v1", "ConfigMap", f"{_PREFIX}{old.number:06d}", namespace)
        return numbered
    raise AssertionError
