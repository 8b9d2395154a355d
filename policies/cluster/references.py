"""What pods refer to: Secrets and ConfigMaps, from variables, sources of variables and volumes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.cluster.pods import containers, environment, volumes
from policies.objects.values import Unknown, reveal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.node import Node

KINDS: Final = {
    "secretKeyRef": "Secret",
    "secretRef": "Secret",
    "secret": "Secret",
    "configMapKeyRef": "ConfigMap",
    "configMapRef": "ConfigMap",
    "configMap": "ConfigMap",
}
"""What a reference leads to, by its field."""

_IN_VARIABLES: Final = ("secretKeyRef", "configMapKeyRef")
_IN_SOURCES: Final = ("secretRef", "configMapRef")
_IN_VOLUMES: Final = ("secret", "configMap")


def references(workload: Node) -> Iterator[Node]:
    """Pick every reference of an object's pods; what is not known yet may be one, and is picked itself."""
    for container in containers(workload):
        for variable in environment(container):
            yield from _of(variable.at("valueFrom"), _IN_VARIABLES)
        for source in container.each("envFrom"):
            yield from _of(source, _IN_SOURCES)
    for volume in volumes(workload):
        yield from _of(volume, _IN_VOLUMES)
        if not isinstance(reveal(volume.value), Unknown):
            for source in volume.each("projected", "sources"):
                yield from _of(source, _IN_VOLUMES)


def _of(holder: Node, keys: tuple[str, ...]) -> Iterator[Node]:
    """Pick the references of one holder; a holder that is not known yet may hold one, and is picked itself."""
    if isinstance(reveal(holder.value), Unknown):
        yield holder
    elif holder.value is not None:
        yield from (node for key in keys if (node := holder.at(key)).value is not None)
