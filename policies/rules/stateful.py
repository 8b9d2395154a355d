"""What holds data: neither a wrong line in the program nor a smaller StatefulSet may delete it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.databases.atlas import CLUSTER, FLEX_CLUSTER, OLD_CLUSTER, PLACE, PROJECT, SERVERLESS
from policies.rule import About, Severity, graph_rule, option_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.graph import Graph
    from policies.objects.node import Node, Violation
    from policies.objects.options import Options

_STATEFUL_SET: Final = "StatefulSet.apps"
_CLAIM: Final = "PersistentVolumeClaim"
_SOURCE: Final = "runbook, SEV-1: data loss; Technology Stack: MongoDB Atlas, Redis; Resource Allocation: Storage"
_PROTECTED: Final = (CLUSTER, OLD_CLUSTER, FLEX_CLUSTER, SERVERLESS, PROJECT, _CLAIM, _STATEFUL_SET, "Namespace")
_RETENTION: Final = "persistentVolumeClaimRetentionPolicy"


def _with_data(item: Node) -> Iterator[Node]:
    """Leave a StatefulSet without claims alone: it has nothing to lose."""
    if item.text("kind") != "StatefulSet" or next(item.each("spec", "volumeClaimTemplates"), None) is not None:
        yield item


@option_rule(
    About(
        id="stateful-protect",
        severity=Severity.CRITICAL,
        title="In production the engine refuses to delete what holds data",
        why="A renamed resource, a lost line or a `destroy` in the wrong stack would delete the data with it",
        remedy="set the resource option protect to true",
        snippet="options:\n  protect: true\n",
        source=f"{_SOURCE}; Pulumi documentation, Resource options: protect",
    ),
    kinds=_PROTECTED,
    each=_with_data,
    production_only=True,
)
def protect(item: Node, options: Options) -> Iterator[Violation]:
    """Ask for the option."""
    if not options.protect:
        yield item.must("options", "protect", be="be true", value="false")


@option_rule(
    About(
        id="stateful-retain-on-delete",
        severity=Severity.HIGH,
        title="In production the engine forgets claims and what has them rather than delete them",
        why="Protection is taken off to move a resource; the next update would then delete its volumes",
        remedy="set the resource option retainOnDelete to true",
        snippet="options:\n  retainOnDelete: true\n",
        source=f"{_SOURCE}; Pulumi documentation, Resource options: retainOnDelete",
    ),
    kinds=(_CLAIM, _STATEFUL_SET),
    each=_with_data,
    production_only=True,
)
def retain_on_delete(item: Node, options: Options) -> Iterator[Violation]:
    """Ask for the option where the input tells it; Pulumi's engine does not tell a policy pack."""
    if options.retain_on_delete is False:
        yield item.must("options", "retainOnDelete", be="be true", value="false")


@graph_rule(
    About(
        id="stateful-retain",
        severity=Severity.HIGH,
        title="In production a StatefulSet's volumes outlive it, its pods and their claims",
        why="Deleting or shrinking the StatefulSet would delete the data within seconds, and no backup has it",
        remedy="set persistentVolumeClaimRetentionPolicy's fields and the StorageClass's reclaimPolicy to Retain",
        snippet="persistentVolumeClaimRetentionPolicy: {whenDeleted: Retain, whenScaled: Retain}\n",
        source=f"{_SOURCE}; Kubernetes documentation, StatefulSets and Persistent Volumes: Reclaiming",
    ),
    kinds=(_STATEFUL_SET,),
    each=_with_data,
    production_only=True,
)
def retain(item: Node, graph: Graph) -> Iterator[Violation]:
    """Look at what becomes of the claims, and at what becomes of their volumes by a class that the stack declares."""
    policy = item.at("spec", _RETENTION)
    for field in ("whenDeleted", "whenScaled"):
        if policy.get(field) not in (None, "Retain"):
            yield policy.must(field, be="be Retain")
    for claim in item.each("spec", "volumeClaimTemplates"):
        name = claim.text("spec", "storageClassName")
        storage = graph.named("StorageClass.storage.k8s.io", PLACE, name) if name else None
        if storage and storage.get("reclaimPolicy") != "Retain":
            yield claim.must("spec", "storageClassName", be="be a StorageClass with reclaimPolicy Retain")
