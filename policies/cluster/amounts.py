"""How much CPU and memory a container asks for and may take."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from infra.quantities import memory_bytes, millicores

if TYPE_CHECKING:
    from collections.abc import Callable

    from policies.objects.node import Node

_PARSERS: Final[dict[str, Callable[[object], int]]] = {
    "cpu": millicores,
    "memory": memory_bytes,
    "ephemeral-storage": memory_bytes,
    "pods": memory_bytes,
}


def amount(container: Node, side: str, name: str) -> int | None:
    """Read a container's request or limit.

    Args:
        container: The container.
        side: `requests` or `limits`.
        name: `cpu` (counted in millicores), `memory` or `ephemeral-storage` (in bytes), `pods`.

    Returns:
        The amount; None where there is none, or no quantity.
    """
    return parsed(container.get("resources", side, name), name)


def parsed(value: object, name: str) -> int | None:
    """Read a quantity of a resource by the resource's name, as `amount` does."""
    try:
        return _quantity(value, name) if isinstance(value, str) else None if value is None else _PARSERS[name](value)
    except ValueError:
        return None


@lru_cache(maxsize=256)
def _quantity(text: str, name: str) -> int:
    """The same few quantities stand in nearly all containers."""
    return _PARSERS[name](text)
