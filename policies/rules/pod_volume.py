"""What a pod may mount: what the cluster hands out, and nothing of a node or of a server that the pod names itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.cluster.pods import WORKLOADS, volumes
from policies.limits import SECURITY_SOURCE, VOLUME_TYPES
from policies.rule import About, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.node import Node, Violation

_SNIPPET: Final = "volumes:\n  - {name: tmp, emptyDir: {}}\n"
_JUDGED_ELSEWHERE: Final = ("name", "hostPath")


@rule(
    About(
        id="pod-host-path",
        severity=Severity.CRITICAL,
        title="No pod mounts a directory of its node",
        why="A hostPath volume reaches other pods' data and, as a container runtime's socket, the whole node",
        remedy="use a claim, an emptyDir, a ConfigMap or a Secret",
        snippet=_SNIPPET,
        source=SECURITY_SOURCE,
    ),
    kinds=WORKLOADS,
    each=volumes,
)
def host_path(volume: Node) -> Iterator[Violation]:
    """Refuse hostPath volumes."""
    if volume.get("hostPath") is not None:
        yield volume.must("hostPath", "path", be="not be mounted")


@rule(
    About(
        id="pod-volume-types",
        severity=Severity.MEDIUM,
        title="Pods mount storage through claims, never a server they name themselves",
        why="The node mounts such a volume with its own rights, past every quota and StorageClass",
        remedy="declare a PersistentVolume and mount its claim",
        snippet="volumes:\n  - name: storage\n    persistentVolumeClaim: {claimName: merchant-backend-storage}\n",
        source=SECURITY_SOURCE,
    ),
    kinds=WORKLOADS,
    each=volumes,
)
def volume_types(volume: Node) -> Iterator[Violation]:
    """Refuse the types that the standard does not name; a volume without any is an emptyDir."""
    for key in volume.mapping():
        if key not in VOLUME_TYPES and key not in _JUDGED_ELSEWHERE and volume.get(key) is not None:
            yield volume.must(key, be=f"be one of {', '.join(VOLUME_TYPES)}", value="mounted")
