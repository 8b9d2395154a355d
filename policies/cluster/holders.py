"""What a ConfigMap or a Secret of the stack holds: its keys, and its texts."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Final

from policies.objects.called import called
from policies.objects.node import UndeterminedError
from policies.objects.values import Unknown, reveal

if TYPE_CHECKING:
    from policies.objects.node import Node

SERVICE_ACCOUNT_TOKEN: Final = "kubernetes.io/service-account-token"  # noqa: S105 - a type
"""Type of the Secrets that Kubernetes fills in itself."""

_FIELDS: Final = {"ConfigMap": ("data", "binaryData"), "Secret": ("data", "stringData")}


def holds(holder: Node, key: str) -> bool:
    """Tell whether an object has a key; secret data shows its keys.

    Args:
        holder: A ConfigMap or a Secret.
        key: The key.

    Returns:
        Whether it has; one that Kubernetes fills in has any.

    Raises:
        UndeterminedError: When no known part of the data has it, and a part is not known yet.
    """
    kind = holder.text("kind")
    unknown = ""
    for field in _FIELDS[kind]:
        data = reveal(holder.at(field).value)
        if isinstance(data, dict) and data.get(key) is not None:
            return True
        if isinstance(data, Unknown):
            unknown = f"{field} of {called(holder)}"
    if unknown:
        raise UndeterminedError(unknown)
    return kind == "Secret" and holder.text("type") == SERVICE_ACCOUNT_TOKEN


def text(holder: Node, key: str) -> str | None:
    """Read what an object holds under a key; None where it holds no text there.

    Raises:
        UndeterminedError: When it is not known yet.
    """
    try:
        if holder.text("kind") == "ConfigMap":
            return _string(holder.get("data", key))
        plain = _string(holder.get("stringData", key))
        return _decoded(holder.get("data", key)) if plain is None else plain
    except UndeterminedError as unknown:
        raise UndeterminedError(f"{unknown.field} of {called(holder)}") from None


def _string(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _decoded(value: object) -> str | None:
    try:
        return base64.b64decode(value, validate=True).decode() if isinstance(value, str) else None
    except ValueError:
        return None
