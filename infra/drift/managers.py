"""Who has which fields of a live object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from infra.drift import fields
from infra.drift.difference import Owner
from infra.manifests.names import FIELD_MANAGER

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from infra.drift.fields import Path
    from infra.manifests import Manifest

_CONTROLLERS: Final = frozenset(
    {
        "aws-cloud-controller-manager",
        "cloud-controller-manager",
        "kube-apiserver",
        "kube-controller-manager",
        "kube-scheduler",
        "kubelet",
    }
)
"""What these add to an object is no drift: bound volumes, revisions, the autoscaler's replicas."""
_OURS: Final = (FIELD_MANAGER, "Apply")


@dataclass(frozen=True)
class Entry:
    """What one manager has.

    Attributes:
        owner: Who.
        fields: Its `fieldsV1`.
    """

    owner: Owner
    fields: Mapping[str, Any]

    @property
    def ours(self) -> bool:
        """Whether the engine has it: the same name with another operation is somebody else's."""
        return (self.owner.manager, self.owner.operation) == _OURS

    @property
    def controller(self) -> bool:
        """Whether it is a part of Kubernetes or of its cloud."""
        return self.owner.manager in _CONTROLLERS


def entries(live: Manifest) -> list[Entry]:
    """Who has what; the status is left out, it is what the object came to."""
    return [
        Entry(Owner(each.get("manager", ""), each.get("operation", ""), each.get("time", "")), each["fieldsV1"])
        for each in live["metadata"].get("managedFields") or []
        if each.get("fieldsV1") and each.get("subresource") != "status"
    ]


def is_ours(managed: Mapping[str, Any]) -> bool:
    """Whether one of the `managedFields` is the engine's."""
    return (managed.get("manager"), managed.get("operation")) == _OURS


def ours(entries: Iterable[Entry]) -> frozenset[Path]:
    """The fields that the engine's own applies have."""
    return frozenset(path for entry in entries if entry.ours for path in fields.leaves(entry.fields))


def owners(entries: Iterable[Entry], path: Path) -> tuple[Owner, ...]:
    """Who of them has a field."""
    return tuple(entry.owner for entry in entries if fields.has(entry.fields, path))
