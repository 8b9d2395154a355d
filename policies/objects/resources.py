"""One object under judgement: where it was found, what kind it is, what it is called."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from policies.objects.node import Node, UndeterminedError

if TYPE_CHECKING:
    from policies.objects.options import Options
    from policies.objects.source import Source
    from policies.objects.values import Manifest

KUBERNETES: Final = "kubernetes:"
_NAMED: Final = ("apiVersion", "kind")


class Resource(NamedTuple):
    """An object and its identity.

    Attributes:
        origin: Where it was found: a URN, or a file and line.
        kind: `Kind` or `Kind.group` of a Kubernetes object, else Pulumi's type token.
        node: The object.
        options: Pulumi's options; None where the input does not carry them.
        source: Its place in a file; None when it came from the engine.
    """

    origin: str
    kind: str
    node: Node
    options: Options | None = None
    source: Source | None = None

    @property
    def namespace(self) -> str:
        """The object's namespace, "" if it has none or it is not known."""
        return _known(self.node, "namespace")

    @property
    def name(self) -> str:
        """The object's name, else the last part of its origin."""
        return _known(self.node, "name") or self.origin.rsplit("::", 1)[-1]

    def __str__(self) -> str:
        """Name the object as messages do."""
        place = f"{self.namespace}/{self.name}" if self.namespace else self.name
        return f"{self.short_kind} {place}"

    @property
    def short_kind(self) -> str:
        """The kind without its group: `Deployment`, or `AdvancedCluster` of another provider."""
        return self.kind.rpartition(":")[2].split(".")[0]


def from_manifest(
    manifest: Manifest, origin: str = "", *, options: Options | None = None, source: Source | None = None
) -> Resource:
    """Take a Kubernetes manifest.

    Args:
        manifest: The object.
        origin: Where it was found.
        options: Pulumi's options, if the input carries them.
        source: Its place in a file.

    Returns:
        The resource.
    """
    node = Node(manifest)
    group, _, version = node.text("apiVersion").rpartition("/")
    kind = node.text("kind")
    return Resource(origin, f"{kind}.{group}" if group and version else kind, node, options, source)


def from_pulumi(
    type_token: str, properties: Manifest, urn: str, *, options: Options | None = None, source: Source | None = None
) -> Resource:
    """Take a resource as Pulumi's engine describes it.

    Args:
        type_token: As in `kubernetes:apps/v1:Deployment`.
        properties: Its decoded inputs.
        urn: Its URN.
        options: Its options.
        source: Its place in a file.

    Returns:
        The resource; a Kubernetes object is recognised by its own apiVersion and kind where they are known, else
        by the type token.
    """
    if not type_token.startswith(KUBERNETES):
        return Resource(urn, type_token, Node(properties), options, source)
    _, version, kind = (*type_token.split(":", 2), "", "")[:3]
    said = {key: value for key, value in properties.items() if key not in _NAMED or isinstance(value, str)}
    manifest = {"apiVersion": version.removeprefix("core/"), "kind": kind, **said}
    return from_manifest(manifest, urn, options=options, source=source)


@lru_cache(maxsize=64)  # every finding of an object names it
def _known(node: Node, key: str) -> str:
    try:
        text = node.text("metadata", key)
    except UndeterminedError:
        return ""
    return text if node.at("metadata", key).value is text else ""
