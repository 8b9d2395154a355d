"""The one way from Pulumi's JSON (previews, exported states) to plain data, with unknown and secret values marked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from policies.inputs import signatures
from policies.inputs.signatures import SECRET, SIGNATURE
from policies.objects.values import UNKNOWN, Secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policies.objects.values import Manifest

MASKED: Final = "[secret]"
"""What previews print for any secret value, whatever its type."""


def decode(properties: Mapping[str, Any]) -> Manifest:
    """Turn a resource's properties into plain data.

    Args:
        properties: As they stand in the JSON.

    Returns:
        The same as `policies.inputs.protobuf.decode` gives for the same properties; secrets that are encrypted or
        masked are Secret(UNKNOWN).
    """
    return {key: _value(value) for key, value in properties.items()}


def _value(value: Any) -> Any:
    if isinstance(value, str):
        return Secret(UNKNOWN) if value == MASKED else signatures.text(value)
    if isinstance(value, float):
        return signatures.number(value)
    if isinstance(value, dict):
        return _secret(value) if value.get(SIGNATURE) == SECRET else signatures.fields(value, _value)
    if isinstance(value, list):
        return [_value(item) for item in value]
    return value


def _secret(value: dict[str, Any]) -> Any:
    """A secret: its value as JSON within JSON after `--show-secrets`, else encrypted."""
    plain = value.get("plaintext")
    if not isinstance(plain, str):
        return signatures.fields(value, _value)
    try:
        return Secret(_value(json.loads(plain)))
    except ValueError:
        return Secret(UNKNOWN)
