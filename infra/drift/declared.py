"""What a stack declares: the inputs that its state keeps of the last update."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from infra.manifests import Manifest

ATLAS = "mongodbatlas"
"""Stands in a name where the API server's resources have their apiVersion."""
_KUBERNETES = "kubernetes:"
_ENGINE = "pulumi:"


class Ref(NamedTuple):
    """The name of one object for the API server; the namespace is "" for what lives in none."""

    api_version: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        """Name the object as messages do."""
        return f"{self.kind} " + "/".join(filter(None, (self.namespace, self.name)))

    @property
    def in_atlas(self) -> bool:
        """Whether it is no object of a cluster, but a resource of Atlas."""
        return self.api_version == ATLAS

    @property
    def argument(self) -> str:
        """The object as an argument of kubectl."""
        group, _, version = self.api_version.rpartition("/")
        kind = f"{self.kind}.{version}.{group}" if group else self.kind
        return f"{kind.lower()}/{self.name}" + (f" -n {self.namespace}" if self.namespace else "")


@dataclass(frozen=True)
class Declared:
    """One object that the stack declares.

    Attributes:
        urn: Its name for the engine.
        manifest: Its inputs; what is secret is a `policies.objects.values.Secret` without its value.
        recorded: Its outputs: the object, or its declared fields, as the API server wrote them at the last update.
    """

    urn: str
    manifest: Manifest
    recorded: Manifest = field(default_factory=dict)

    @property
    def ref(self) -> Ref:
        """Its name for the API server."""
        return ref_of(self.manifest)


@dataclass(frozen=True)
class InAtlas:
    """One resource of Atlas that the stack declares.

    Attributes:
        urn: Its name for the engine.
        kind: As in ``AdvancedCluster``.
        identifier: Its id in the state.
        inputs: What is declared; what is secret is a `policies.objects.values.Secret` without its value.
    """

    urn: str
    kind: str
    identifier: str
    inputs: dict[str, Any]

    @property
    def ref(self) -> Ref:
        """Its name for people."""
        return Ref(ATLAS, self.kind, "", self.urn.rpartition("::")[2])


@dataclass(frozen=True)
class Stack:
    """What a stack declares.

    Attributes:
        name: The stack's name.
        objects: The Kubernetes objects.
        atlas: The resources of Atlas.
        others: How many resources there are of each type that we know of no API for.
    """

    name: str
    objects: tuple[Declared, ...] = ()
    atlas: tuple[InAtlas, ...] = ()
    others: Mapping[str, int] = field(default_factory=dict)

    @property
    def autoscaled(self) -> frozenset[Ref]:
        """The objects whose number of replicas an autoscaler of the stack owns."""
        autoscalers = (each for each in self.objects if each.ref.kind == "HorizontalPodAutoscaler")
        targets = ((each.ref.namespace, each.manifest["spec"]["scaleTargetRef"]) for each in autoscalers)
        return frozenset(Ref(to["apiVersion"], to["kind"], namespace, to["name"]) for namespace, to in targets)


def ref_of(manifest: Manifest) -> Ref:
    """The object that a complete manifest describes."""
    metadata = manifest["metadata"]
    return Ref(manifest["apiVersion"], manifest["kind"], metadata.get("namespace") or "", metadata["name"])


def read(state: Mapping[str, Any], *, stack: str) -> Stack:
    """Read an exported state.

    Args:
        state: What `pulumi stack export` prints; secrets stay encrypted.
        stack: The stack's name.
    """
    from infra.local.plugins.mongodbatlas.kinds import KINDS, kind_of

    objects: list[Declared] = []
    atlas: list[InAtlas] = []
    others: Counter[str] = Counter()
    for resource in _resources(state):
        declared = Declared(
            resource["urn"], properties(resource.get("inputs") or {}), properties(resource.get("outputs") or {})
        )
        if resource["type"].startswith(_KUBERNETES) and is_object(declared.manifest):
            objects.append(declared)
        elif resource["type"].startswith(f"{ATLAS}:") and (kind := kind_of(resource["type"])) in KINDS:
            atlas.append(InAtlas(declared.urn, kind, resource["id"], declared.manifest))
        else:
            others[resource["type"]] += 1
    return Stack(stack, tuple(objects), tuple(atlas), dict(others))


def properties(encoded: Mapping[str, Any]) -> Manifest:
    """Decode inputs or outputs; keys that only Pulumi's own plugins use are left out."""
    from policies.inputs.pulumi_json import decode

    return {key: value for key, value in decode(encoded).items() if not key.startswith("__")}


def is_object(manifest: Manifest) -> bool:
    """Whether a manifest names an object: a chart, a file of YAML does not."""
    metadata = manifest.get("metadata")
    named = isinstance(metadata, dict) and isinstance(metadata.get("name"), str)
    return named and all(isinstance(manifest.get(key), str) for key in ("apiVersion", "kind"))


def _resources(state: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The resources that a provider manages and that nobody waits to delete."""
    for resource in (state.get("deployment") or {}).get("resources") or []:
        managed = resource.get("custom") and not resource["type"].startswith(_ENGINE)
        if managed and not resource.get("delete") and not resource.get("external"):
            yield resource
