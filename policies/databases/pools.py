"""How large a pool of connections to MongoDB a container opens."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from policies.cluster.fleet import setting
from policies.cluster.pods import environment
from policies.cluster.references import KINDS, references
from policies.credentials.entropy import decoded
from policies.limits import POOL_VARIABLE
from policies.objects.graph import Graph, namespace_of
from policies.objects.node import UndeterminedError
from policies.objects.values import reveal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.node import Node

_IN_URI: Final = re.compile(r"mongodb(?:\+srv)?://[^\s\"']*[?&;]maxPoolSize=(\d{1,9})", re.IGNORECASE | re.ASCII)


def pool_size(container: Node, graph: Graph) -> int | None:
    """Read the largest pool that a container's settings or its connection strings ask for.

    Args:
        container: A container of an object of the stack.
        graph: The stack, for the ConfigMaps and Secrets.

    Returns:
        The number, 0 for a pool without a bound, or None where nothing says it.

    Raises:
        UndeterminedError: When the setting is not known yet; a connection string that is not known says nothing.
    """
    said = setting(container, graph, (POOL_VARIABLE,))
    found = [int(size) for text in _texts(container, graph) for size in _IN_URI.findall(text)]
    found += [] if said is None else [said]
    return 0 if 0 in found else max(found, default=None)


def _texts(container: Node, graph: Graph) -> Iterator[str]:
    yield from (_text(variable.at("value")) for variable in environment(container))
    for reference in references(container.root):
        if (holder := _holder(reference, graph)) is not None:
            yield from _entries(holder)


def _entries(holder: Node) -> Iterator[str]:
    for field in ("stringData", "data"):
        entries = holder.at(field)
        in_base64 = field == "data" and holder.text("kind") == "Secret"
        for key in reveal(entries.value) if isinstance(reveal(entries.value), dict) else ():
            text = _text(entries.at(key))
            yield decoded(text) if in_base64 else text


def _holder(reference: Node, graph: Graph) -> Node | None:
    kind = KINDS.get(str(reference.steps[-1]), "")
    try:
        name = reference.text("secretName") or reference.text("name")
        return graph.named(kind, namespace_of(reference.root), name) if kind and name else None
    except UndeterminedError:
        return None


def _text(node: Node) -> str:
    value = reveal(node.value)
    return value if isinstance(value, str) else ""
