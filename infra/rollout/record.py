"""A record of the ledger: what became of one release, as one immutable ConfigMap."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal, cast, get_args

from infra.manifests.release import Release
from infra.rollout import chain
from infra.rollout.live import mapping, name

if TYPE_CHECKING:
    from infra.manifests import Manifest

LABELS: Final = {"app.kubernetes.io/managed-by": "rez", "rez.dev/ledger": "release"}
_PREFIX: Final = "release-"

Outcome = Literal["deployed", "rolled-back", "failed", "changed", "contracting"]


@dataclass(frozen=True)
class Record:
    """One release: what, when, by whom and how it ended.

    Attributes:
        outcome: `deployed`: it served healthy; `rolled-back`: it was taken back; `failed`: it ended in neither;
            `changed`: something was done to it while it ran, such as a restart, which says nothing of the release;
            `contracting`: its migration is about to take something from the schema, which says nothing of it either.
        started: ISO 8601, UTC.
        finished: ISO 8601, UTC.
        rendered: What was declared for it, as `infra.manifests.rendered` writes it; "" where that is not known.
        number: Counts the records, from 1.
        previous: The hash of the record before; "" for the first.
        anchor: Number and hash of the newest record that was pruned by then; "" as long as none was.
        hash: The record's own hash; "" if it was written before there was a chain.
    """

    version: str
    image: str
    outcome: Outcome
    started: str
    finished: str
    by: str
    reason: str
    number: int = 0
    rendered: str = ""
    previous: str = ""
    anchor: str = ""
    hash: str = ""

    @property
    def release(self) -> Release:
        """The release it is about."""
        return Release(self.version, self.image)

    @property
    def seconds(self) -> float | None:
        """How long it took; None when the times are none."""
        try:
            return (datetime.fromisoformat(self.finished) - datetime.fromisoformat(self.started)).total_seconds()
        except (ValueError, TypeError):
            return None


def name_of(number: int) -> str:
    """The name of a record's ConfigMap."""
    return f"{_PREFIX}{number:06d}"


def number_of(live: Manifest) -> int:
    """The number of a record's ConfigMap; 0 when its name is none of a record."""
    number = name(live).removeprefix(_PREFIX)
    return int(number) if number.isdecimal() and name(live) == name_of(int(number)) else 0


def sealed(record: Record) -> Record:
    """The record with the hash of all it says."""
    return replace(record, hash=chain.digest(record.number, _data(record)))


def manifest(record: Record, namespace: str) -> Manifest:
    """The ConfigMap of a record."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name_of(record.number), "namespace": namespace, "labels": dict(LABELS)},
        "immutable": True,
        "data": _data(record),
    }


def _data(record: Record) -> dict[str, str]:
    return {key: value for key, value in asdict(record).items() if key != "number"}


def parse(live: Manifest) -> Record | None:
    """The record of a ConfigMap; None when it is none."""
    number, data = number_of(live), mapping(live, "data")
    if not number or data.get("outcome") not in get_args(Outcome):
        return None
    texts = {key.name: str(data.get(key.name, "")) for key in fields(Record) if key.name not in ("number", "outcome")}
    return Record(**texts, outcome=cast("Outcome", data["outcome"]), number=number)
