"""Tells which annotations carry a credential."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from policies.credentials.assignments import is_option
from policies.credentials.harmless import is_reference
from policies.credentials.values import credential, credential_by_looks

if TYPE_CHECKING:
    from collections.abc import Iterator

LAST_APPLIED: Final = "kubectl.kubernetes.io/last-applied-configuration"
_NAMES_AN_OBJECT: Final = ("secret", "secrets")


def in_annotation(key: str, value: str) -> str:
    """Say which credential an annotation carries.

    Args:
        key: The annotation's name.
        value: Its value; it is looked at, never part of the answer.

    Returns:
        What it is; "" for an ordinary annotation.
    """
    if key == LAST_APPLIED:
        return _applied(value)
    text = value.strip()
    if is_option(key, text) and not key.endswith(_NAMES_AN_OBJECT):
        return "a credential by its name"
    return credential_by_looks(key, text)


def _applied(text: str) -> str:
    """Look into the copy of the object that kubectl apply keeps."""
    try:
        applied = json.loads(text)
    except (ValueError, RecursionError):
        return credential_by_looks("", text)
    if isinstance(applied, dict) and applied.get("kind") == "Secret":
        data = [value for field in ("data", "stringData") for value in _values(applied.get(field))]
        return "a copy of a Secret" if any(value and not is_reference(value) for value in data) else ""
    return next(filter(None, _found("", applied)), "")


def _found(name: str, part: Any) -> Iterator[str]:
    """Judge every text of an object; a variable's value goes by the variable's name."""
    if isinstance(part, str):
        yield credential(name, part) if name else credential_by_looks(name, part)
    elif isinstance(part, list):
        for item in part:
            yield from _found("", item)
    elif isinstance(part, dict):
        variable = part.get("name") if "value" in part else ""
        for key, value in part.items():
            yield from _found(variable if key == "value" and isinstance(variable, str) else "", value)


def _values(data: Any) -> list[str]:
    return [value for value in data.values() if isinstance(value, str)] if isinstance(data, dict) else []
