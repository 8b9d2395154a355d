"""What a setting of a fleet's pods is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from policies.cluster.holders import text
from policies.objects.graph import Graph, namespace_of
from policies.objects.node import UndeterminedError
from policies.objects.values import Secret, Unknown, reveal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.node import Node

_NUMBER: Final = re.compile(r"\d{1,9}", re.ASCII)


class UnseenError(UndeterminedError):
    """The value is in an object that is not among the files."""


def setting(container: Node, graph: Graph, names: tuple[str, ...]) -> int | None:
    """Read a number that a container gets from its environment; the first name that is there counts.

    Args:
        container: A container of an object of the stack.
        graph: The stack, for the ConfigMaps and Secrets.
        names: The variable's names.

    Returns:
        The number, or None where no such variable is a number.

    Raises:
        UndeterminedError: When the value is not known yet, or what holds it is not among the files.
    """
    found = values(container, graph, names)
    numbers = (str(reveal(found[name])).strip() for name in names if name in found)
    return next((int(number) for number in numbers if _NUMBER.fullmatch(number)), None)


def values(container: Node, graph: Graph, names: tuple[str, ...]) -> dict[str, object]:
    """Read variables as the container gets them: its own before those of its sources, the last of each.

    Returns:
        What is set, by name; what a Secret holds is marked as secret.

    Raises:
        UnseenError: When a ConfigMap, or the Secret that a variable refers to, is not among the files.
        UndeterminedError: When a value is not known yet, or is neither a ConfigMap's nor a Secret's.
    """
    found = dict(_from_sources(container, graph, names))
    for variable in container.each("env"):
        if not isinstance(reveal(variable.at("name").value), Unknown) and variable.text("name") in names:
            found[variable.text("name")] = _value(variable, graph)
    return found


def _from_sources(container: Node, graph: Graph, names: tuple[str, ...]) -> Iterator[tuple[str, object]]:
    for source in container.each("envFrom"):
        for name in names:
            key = name.removeprefix(prefix := source.text("prefix"))
            if name.startswith(prefix) and (value := _in_source(source, key, graph)) is not None:
                yield name, value


def _in_source(source: Node, key: str, graph: Graph) -> object:
    if source.mapping("configMapRef"):
        return _held(source.at("configMapRef"), "ConfigMap", key, graph)
    try:
        return _held(source.at("secretRef"), "Secret", key, graph) if source.mapping("secretRef") else None
    except UndeterminedError:  # of a Secret as a whole little is known before the update, and seldom from files
        return None


def _value(variable: Node, graph: Graph) -> object:
    for field, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
        reference = variable.at("valueFrom", field)
        if reference.mapping():
            return _held(reference, kind, reference.text("key"), graph)
    if variable.mapping("valueFrom"):
        raise UndeterminedError(variable.at("valueFrom").field)
    return variable.get("value")


def _held(reference: Node, kind: str, key: str, graph: Graph) -> object:
    found = graph.named(kind, namespace_of(reference.root), reference.text("name"))
    if found is None and not graph.complete:
        raise UnseenError(reference.at("name").field)
    held = None if found is None else text(found, key)
    return Secret(held) if held is not None and kind == "Secret" else held
