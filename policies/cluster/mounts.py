"""What stands behind a path in a container: a volume, and the text of a file where an object of the stack holds it."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Final, NamedTuple

from policies.cluster.holders import text
from policies.cluster.pods import pods
from policies.objects.graph import Graph, namespace_of
from policies.objects.node import Node, UndeterminedError

if TYPE_CHECKING:
    from collections.abc import Iterator

_HOLDERS: Final = (("configMap", "ConfigMap", "name"), ("secret", "Secret", "secretName"))
_LOST: Final = frozenset({"emptyDir", "ephemeral", "configMap", "secret", "projected", "downwardAPI", "csi", "image"})


class Backing(NamedTuple):
    """Where a path leads.

    Attributes:
        volume: The pod's volume, or the claim template.
        inside: The path from the volume's root.
    """

    volume: Node
    inside: str

    @property
    def lasts(self) -> bool:
        """Whether what is written there outlives the pod; a volume that says nothing is an emptyDir."""
        sources = {key for key, value in self.volume.mapping().items() if value is not None} - {"name"}
        return bool(sources) and not sources & _LOST


def backing(container: Node, path: str) -> Backing | None:
    """Find the volume that holds a path, the deepest mount if several do.

    Returns:
        The volume, or None for a path of the image.

    Raises:
        UndeterminedError: When the mounts or the volumes are not known yet.
    """
    wanted, found = f"{posixpath.normpath(path)}/", None
    for mount in container.each("volumeMounts"):
        root = f"{mount.text('mountPath').rstrip('/')}/"
        if mount.text("mountPath") and wanted.startswith(root) and (found is None or len(root) > len(found[0])):
            found = root, mount
    if found is None:
        return None
    root, mount = found
    inside = wanted.removeprefix(root).rstrip("/")
    volume = next(_volumes(container, mount.text("name")), None)
    if volume is None:
        return None
    return Backing(volume, posixpath.normpath(posixpath.join(mount.text("subPath"), inside)))


def content(container: Node, path: str, graph: Graph) -> str:
    """Read a file that a ConfigMap or a Secret of the stack holds.

    Raises:
        UndeterminedError: When it stands elsewhere: in the image, in a claim, in an object that is not there.
    """
    found = backing(container, path)
    if found is None:
        raise UndeterminedError(container.at("image").field)
    sources = [found.volume, *found.volume.each("projected", "sources")]
    for source in sources:
        for field, kind, name in _HOLDERS:
            held = _held(source.at(field), kind, "name" if source is not found.volume else name, found.inside, graph)
            if held is not None:
                return held
    raise UndeterminedError(found.volume.field)


def _volumes(container: Node, name: str) -> Iterator[Node]:
    if container.root.text("kind") == "StatefulSet":
        claims = container.root.each("spec", "volumeClaimTemplates")
        yield from (claim for claim in claims if claim.text("metadata", "name") == name)
    for pod in pods(container.root):
        yield from (volume for volume in pod.each("volumes") if volume.text("name") == name)


def _held(source: Node, kind: str, name: str, inside: str, graph: Graph) -> str | None:
    if not source.mapping():
        return None
    items = list(source.each("items"))
    keys = (
        [item.text("key") for item in items if posixpath.normpath(item.text("path")) == inside] if items else [inside]
    )
    holder = graph.named(kind, namespace_of(source.root), source.text(name)) if keys else None
    return None if holder is None else text(holder, keys[0])
