"""The one way from Pulumi's protobuf messages to plain data, with unknown and secret values marked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from policies.values import UNKNOWN, Manifest, Secret

if TYPE_CHECKING:
    from google.protobuf.struct_pb2 import Struct, Value

# These identifiers are Pulumi's, in every SDK: sdk/go/common/resource/properties.go and plugin/rpc.go.
SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - marks secrets, is none
OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
UNKNOWNS: Final = frozenset(
    {
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # boolean
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",  # string
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # array
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)


def decode(properties: Struct) -> Manifest:
    """Turn a resource's properties into plain data.

    Args:
        properties: As the engine sends them.

    Returns:
        Dicts, lists, strings, ints, floats, bools and None, with Unknown and Secret where Pulumi marks them. Whole
        numbers are ints, though protobuf has only floats.
    """
    return {key: _value(value) for key, value in properties.fields.items()}


def _value(value: Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        text = value.string_value
        return UNKNOWN if text in UNKNOWNS else text
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind == "bool_value":
        return value.bool_value
    if kind == "struct_value":
        return _object(value.struct_value)
    if kind == "list_value":
        return [_value(item) for item in value.list_value.values]
    return None


def _object(struct: Struct) -> Any:
    fields = struct.fields
    if SIGNATURE not in fields:
        return {key: _value(value) for key, value in fields.items()}
    signature = fields[SIGNATURE].string_value
    if signature == SECRET:
        return Secret(_value(fields["value"]))
    if signature == OUTPUT:
        value = _value(fields["value"]) if "value" in fields else UNKNOWN
        return Secret(value) if "secret" in fields and fields["secret"].bool_value else value
    # Assets, archives and references to resources: no rule looks inside, so they stay as they are sent.
    return {key: _value(value) for key, value in fields.items()}
