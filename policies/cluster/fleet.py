"""What a setting of a fleet's pods is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from policies.objects.graph import Graph, namespace_of
from policies.objects.node import UndeterminedError
from policies.objects.values import Unknown, reveal

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
        graph: The stack, for the ConfigMaps.
        names: The variable's names.

    Returns:
        The number, or None where no such variable is a number.

    Raises:
        UndeterminedError: When the value is not known yet, or its ConfigMap is not among the files.
    """
    found = values(container, graph, names)
    numbers = (str(found[name]).strip() for name in names if name in found)
    return next((int(number) for number in numbers if _NUMBER.fullmatch(number)), None)


def values(container: Node, graph: Graph, names: tuple[str, ...]) -> dict[str, object]:
    """Read variables as the container gets them: its own before those of ConfigMaps, the last of each.

    Raises:
        UnseenError: When a ConfigMap is not among the files.
        UndeterminedError: When a value is not known yet, or is no ConfigMap's.
    """
    found = dict(_from_config_maps(container, graph, names))
    for variable in container.each("env"):
        if not isinstance(reveal(variable.at("name").value), Unknown) and variable.text("name") in names:
            found[variable.text("name")] = _value(variable, graph)
    return found


def _from_config_maps(container: Node, graph: Graph, names: tuple[str, ...]) -> Iterator[tuple[str, object]]:
    for source in container.each("envFrom"):
        if not source.mapping("configMapRef"):
            continue
        for name in names:
            key = name.removeprefix(prefix := source.text("prefix"))
            if name.startswith(prefix) and (value := _in_config_map(source.at("configMapRef"), key, graph)) is not None:
                yield name, value


def _value(variable: Node, graph: Graph) -> object:
    reference = variable.at("valueFrom", "configMapKeyRef")
    if reference.mapping():
        return _in_config_map(reference, reference.text("key"), graph)
    if variable.mapping("valueFrom"):
        raise UndeterminedError(variable.at("valueFrom").field)
    return variable.get("value")


def _in_config_map(reference: Node, key: str, graph: Graph) -> object:
    name = reference.text("name")
    found = graph.named("ConfigMap", namespace_of(reference.root), name)
    if found is None and not graph.complete:
        raise UnseenError(reference.at("name").field)
    try:
        return None if found is None else found.get("data", key)
    except UndeterminedError as unknown:
        raise UndeterminedError(f"{unknown.field} of ConfigMap {name}") from None
