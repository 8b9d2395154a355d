"""The one way from Pulumi's protobuf messages to plain data, with unknown and secret values marked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from policies.inputs import signatures

if TYPE_CHECKING:
    from google.protobuf.struct_pb2 import Struct, Value

    from policies.objects.values import Manifest


def decode(properties: Struct) -> Manifest:
    """Turn a resource's properties into plain data.

    Args:
        properties: As the engine sends them.

    Returns:
        Dicts, lists, strings, ints, floats, bools and None, with Unknown and Secret where Pulumi marks them.
    """
    fields = properties.fields
    return {key: _value(fields[key]) for key in fields}


def _value(value: Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return signatures.text(value.string_value)
    if kind == "number_value":
        return signatures.number(value.number_value)
    if kind == "bool_value":
        return value.bool_value
    if kind == "struct_value":
        return signatures.fields(value.struct_value.fields, _value)
    if kind == "list_value":
        return [_value(item) for item in value.list_value.values]
    return None
