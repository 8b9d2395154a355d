"""Objects that look like the stack's own but that it does not declare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from infra.drift import managers
from infra.drift.declared import Ref, ref_of
from infra.drift.difference import Difference, Effect, What
from infra.manifests import names
from infra.manifests.secret import GROUPS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from infra.manifests import Manifest

LABELS: Final = ",".join(f"{key}={value}" for key, value in names.LABELS.items())
"""What every object that the program makes is labelled with."""
KINDS: Final = frozenset(
    {
        ("apps/v1", "Deployment"),
        ("apps/v1", "StatefulSet"),
        ("autoscaling/v2", "HorizontalPodAutoscaler"),
        ("networking.k8s.io/v1", "Ingress"),
        ("networking.k8s.io/v1", "NetworkPolicy"),
        ("policy/v1", "PodDisruptionBudget"),
        ("rbac.authorization.k8s.io/v1", "Role"),
        ("rbac.authorization.k8s.io/v1", "RoleBinding"),
        ("v1", "ConfigMap"),
        ("v1", "PersistentVolumeClaim"),
        ("v1", "Secret"),
        ("v1", "Service"),
        ("v1", "ServiceAccount"),
    }
)
"""What is looked for beside the kinds that the stack declares: the last object of a kind can be forgotten, too."""
_KEPT: Final = frozenset({names.CONFIG, *GROUPS})


def places(declared: Collection[Ref], namespace: str) -> list[tuple[str, str, str]]:
    """Where to look: apiVersion, kind and namespace, which is "" for kinds that live in none.

    Args:
        declared: What the stack declares.
        namespace: Where the program's objects are, even if the stack declares none.
    """
    namespaces = {namespace, *(ref.namespace for ref in declared if ref.namespace)}
    kinds = {(ref.api_version, ref.kind, bool(ref.namespace)) for ref in declared} | {(*each, True) for each in KINDS}
    return sorted(
        (api_version, kind, place) for api_version, kind, inside in kinds for place in (namespaces if inside else {""})
    )


def orphans(found: Iterable[Manifest], declared: Collection[Ref]) -> tuple[list[Difference], list[Ref]]:
    """Sort what carries the stack's labels.

    Args:
        found: Live objects with the labels.
        declared: What the stack declares.

    Returns:
        What nobody declares, and the configuration of other releases, which is kept on purpose: a rollback needs it.
    """
    foreign = [
        (ref_of(live), live)
        for live in found
        if ref_of(live) not in declared and not live["metadata"].get("ownerReferences")
    ]
    kept = [ref for ref, _ in foreign if _is_kept(ref)]
    return [_orphan(ref, live) for ref, live in foreign if not _is_kept(ref)], kept


def _is_kept(ref: Ref) -> bool:
    return ref.kind in {"ConfigMap", "Secret"} and names.hashed_base(ref.name) in _KEPT


def _orphan(ref: Ref, live: Manifest) -> Difference:
    owners = tuple(entry.owner for entry in managers.entries(live))
    since = live["metadata"].get("creationTimestamp") or ""
    return Difference(ref, What.ORPHAN, Effect.LEAVES, owners=owners, since=since)
