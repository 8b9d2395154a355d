"""All objects of a stack, indexed, and how they find each other."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from policies.cluster.pods import WORKLOADS, pod_labels
from policies.objects.label_selector import selects, selects_exactly
from policies.objects.node import Node, UndeterminedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from policies.objects.resources import Resource


class Graph:
    """The objects of one stack by kind and namespace.

    An object whose namespace or name is not known yet may be the one that is looked for: a search that did not end
    before meets it as undetermined.

    Args:
        resources: The objects.
        complete: Whether these are all objects there are.
    """

    def __init__(self, resources: Iterable[Resource], *, complete: bool = True) -> None:
        self.complete = complete
        self._known: dict[tuple[str, str], dict[str, Node]] = defaultdict(dict)
        self._unknown: dict[str, str] = {}
        for resource in resources:
            try:
                place = (resource.kind, namespace_of(resource.node))
                self._known[place][resource.node.text("metadata", "name") or resource.origin] = resource.node
            except UndeterminedError as unknown:
                self._unknown[resource.kind] = f"{unknown.field} of a {resource.kind}"

    def of(self, kind: str, namespace: str) -> Iterator[Node]:
        """Go through the objects of a kind in a namespace.

        Raises:
            UndeterminedError: At the end, when there are objects of that kind whose place is not known yet.
        """
        yield from self._known[kind, namespace].values()
        if kind in self._unknown:
            raise UndeterminedError(self._unknown[kind])

    def named(self, kind: str, namespace: str, name: str) -> Node | None:
        """Find an object by name.

        Raises:
            UndeterminedError: When it was not found, and one of that kind has no known name yet.
        """
        found = self._known[kind, namespace].get(name)
        if found is None and kind in self._unknown:
            raise UndeterminedError(self._unknown[kind])
        return found

    def workloads(self, namespace: str, selector: Node) -> Iterator[Node]:
        """Go through the objects in a namespace whose pods a label selector picks."""
        for kind in WORKLOADS:
            for workload in self.of(kind, namespace):
                if selects(selector, pod_labels(workload)):
                    yield workload

    def behind(self, service: Node) -> Iterator[Node]:
        """Go through the objects whose pods a Service selects; one without a selector selects none."""
        wanted = service.mapping("spec", "selector")
        for kind in WORKLOADS if wanted else ():
            for workload in self.of(kind, namespace_of(service)):
                if selects_exactly(wanted, pod_labels(workload)):
                    yield workload

    def autoscalers(self, workload: Node) -> Iterator[Node]:
        """Go through the HPAs that scale an object."""
        wanted = (*_group_and_kind(workload), workload.text("metadata", "name"))
        for hpa in self.of("HorizontalPodAutoscaler.autoscaling", namespace_of(workload)):
            reference = hpa.at("spec", "scaleTargetRef")
            if (*_group_and_kind(reference), reference.text("name")) == wanted:
                yield hpa


def _group_and_kind(node: Node) -> tuple[str, str]:
    return node.text("apiVersion").rpartition("/")[0], node.text("kind")


def namespace_of(node: Node) -> str:
    """Tell in which namespace an object lives.

    Raises:
        UndeterminedError: When that is not known yet.
    """
    return node.text("metadata", "namespace") or "default"
