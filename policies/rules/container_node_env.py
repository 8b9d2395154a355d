"""NODE_ENV: what Express and most of npm look at to choose caching, logging and how much an error page gives away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from policies.cluster.api import api_containers
from policies.cluster.holders import holds
from policies.cluster.pods import WORKLOADS
from policies.objects.called import called
from policies.objects.graph import namespace_of
from policies.objects.node import UndeterminedError
from policies.objects.values import Unknown, reveal
from policies.rule import About, Severity, graph_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.graph import Graph
    from policies.objects.node import Node, Violation

_NAME: Final = "NODE_ENV"
_WANTED: Final = "production"


class _ElsewhereError(Exception):
    """The variable is, or may be, set by what the stack does not hold."""


@graph_rule(
    About(
        id="container-node-env",
        severity=Severity.HIGH,
        title="The API runs with NODE_ENV=production",
        why="Without it Express shows stack traces to clients, caches no views, and libraries run their debug code",
        remedy="set NODE_ENV to production in the container's env or in its ConfigMap",
        snippet="env:\n  - {name: NODE_ENV, value: production}\n",
        source="runbook, Service Information: Environment; Express documentation: Production best practices",
    ),
    kinds=WORKLOADS,
    each=api_containers,
    production_only=True,
)
def node_env(container: Node, graph: Graph) -> Iterator[Violation]:
    """Take the last variable of that name, else the last source that holds it; unseen sources may hold it too."""
    own = [variable for variable in container.each("env") if variable.text("name") == _NAME]
    try:
        if own:
            yield from _judged(own[-1], graph)
            return
        value = _of_sources(container, graph)
    except _ElsewhereError:
        return
    if value != _WANTED:
        what = f"without {_NAME}" if value is None else f"another {_NAME}"
        yield container.must("env" if value is None else "envFrom", be=f"set {_NAME} to {_WANTED}", value=what)


def _judged(variable: Node, graph: Graph) -> Iterator[Violation]:
    if variable.get("valueFrom") is None:
        if variable.text("value") != _WANTED:
            yield variable.must("value", be=f"be {_WANTED}")
        return
    reference = variable.at("valueFrom", "configMapKeyRef")
    value = _held(reference, reference.text("key"), graph)
    if value != _WANTED:
        yield variable.must("valueFrom", be=f"lead to {_WANTED}", value="a reference to another value")


def _of_sources(container: Node, graph: Graph) -> Any:
    for source in reversed(list(container.each("envFrom"))):
        prefix = source.text("prefix")
        key = _NAME.removeprefix(prefix)
        if not _NAME.startswith(prefix) or not _may_hold(source, key, graph):
            continue
        return _held(source.at("configMapRef"), key, graph)
    return None


def _may_hold(source: Node, key: str, graph: Graph) -> bool:
    """Tell whether a source sets a key; one that the stack does not hold may."""
    for field, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
        name = source.text(field, "name")
        holder = graph.named(kind, namespace_of(source.root), name) if name else None
        if holder is not None:
            return holds(holder, key)
    return True


def _held(reference: Node, key: str, graph: Graph) -> Any:
    """Read a key of the ConfigMap that a reference names; anything but a ConfigMap of the stack is elsewhere."""
    name = reference.text("name")
    config_map = graph.named("ConfigMap", namespace_of(reference.root), name) if name else None
    if config_map is None:
        raise _ElsewhereError
    value = reveal(config_map.at("data", key).value)
    if isinstance(value, Unknown):
        raise UndeterminedError(f"data.{key} of {called(config_map)}")
    return value
