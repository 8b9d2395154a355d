"""Secrets: compared without their declared values, and shown to nobody."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any, Final

from infra.atlas.connection import URI_SECRET, identity_of
from infra.drift.fields import MISSING, Path
from infra.manifests import names

if TYPE_CHECKING:
    from infra.manifests import Manifest

HIDDEN: Final = "(hidden)"
"""What is shown of a secret value."""
_VARIABLE: Final = frozenset({"name", "value"})
_DATA: Final = frozenset({("f:data",), ("f:binaryData",)})


def filled(declared: Any, live: Any) -> Any:
    """The declared manifest with live values in the places of secret ones, whose declared values nobody decrypts here.

    Args:
        declared: A manifest, or a part of it.
        live: What runs in its place, MISSING for nothing.
    """
    from policies.objects.values import Secret

    if isinstance(declared, Secret):
        return "" if live is MISSING else live
    if isinstance(declared, dict):
        fields = live if isinstance(live, dict) else {}
        return {key: filled(value, fields.get(key, MISSING)) for key, value in declared.items()}
    if isinstance(declared, list):
        items = live if isinstance(live, list) and len(live) == len(declared) else [MISSING] * len(declared)
        return [filled(value, item) for value, item in zip(declared, items, strict=True)]
    return declared


def has_declared_data(live: Manifest, *, stack: str) -> bool:
    """Whether a live Secret holds what it was named for: the name ends in a digest of the values.

    Of a connection string that is its identity, which leaves out what Atlas alone knows: the host.

    Args:
        live: The Secret.
        stack: The stack's name.
    """
    name = live["metadata"]["name"]
    base = names.hashed_base(name)
    try:
        values = {key: base64.b64decode(value).decode() for key, value in (live.get("data") or {}).items()}
        if home := (live["metadata"].get("annotations") or {}).get(names.HOME):
            values[URI_SECRET] = identity_of(values[URI_SECRET], home)
    except (KeyError, ValueError):  # no base64, no text, or no connection string
        return False
    return bool(names.secret_name(base, values, stack=stack) == name)


def shown(kind: str, path: Path, value: Any, *, by_hand: bool = False) -> Any:
    """A value as people may see it.

    Args:
        kind: The object's kind.
        path: The field.
        value: Its value.
        by_hand: Nobody declared the field, so no policy has seen it: what configures a program is hidden.
    """
    if value is MISSING:
        return MISSING
    configures = _variable(path) or (kind == "ConfigMap" and path[:1] in _DATA)
    if (kind == "Secret" and path[:1] in _DATA) or (by_hand and configures):
        return HIDDEN
    return _masked(_variable(path) or _last_name(path), value, by_hand=by_hand)


def _variable(path: Path) -> str:
    """The name of the variable whose value the field is, "" if it is none."""
    if path[-1:] != ("f:value",) or not path[-2].startswith("k:"):
        return ""
    return str(json.loads(path[-2][2:]).get("name", ""))


def _last_name(path: Path) -> str:
    return next((step[2:] for step in reversed(path) if step.startswith("f:")), "")


def _masked(name: str, value: Any, *, by_hand: bool) -> Any:
    from policies.credentials.values import credential

    if isinstance(value, dict) and set(value) == _VARIABLE:
        shown = HIDDEN if by_hand else _masked(str(value["name"]), value["value"], by_hand=by_hand)
        return {"name": value["name"], "value": shown}
    if isinstance(value, dict):
        return {key: _masked(key, item, by_hand=by_hand) for key, item in value.items()}
    if isinstance(value, list):
        return [_masked(name, item, by_hand=by_hand) for item in value]
    return HIDDEN if isinstance(value, str) and credential(name, value) else value
