"""How Pulumi marks secret, unknown and other special values: the part that its protobuf and its JSON have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

from policies.objects.values import UNKNOWN, Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Encoded = TypeVar("Encoded")

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


def text(value: str) -> Any:
    """Read a string, which may stand for a value that is not known yet."""
    return UNKNOWN if value in UNKNOWNS else value


def number(value: float) -> float:
    """Read a number: a whole one is an int, though protobuf has only floats and JSON may write `3.0`."""
    return int(value) if value.is_integer() else value


def fields(encoded: Mapping[str, Encoded], decode: Callable[[Encoded], Any]) -> Any:
    """Read an object, which may stand for a secret or an output.

    Args:
        encoded: Its fields.
        decode: Reads a field.

    Returns:
        Plain data; Unknown or Secret where Pulumi marks the object so.
    """
    signature = decode(encoded[SIGNATURE]) if SIGNATURE in encoded else None
    if signature == SECRET:
        return Secret(_value(encoded, decode))
    if signature == OUTPUT:
        value = _value(encoded, decode)
        return Secret(value) if "secret" in encoded and decode(encoded["secret"]) is True else value
    # Assets, archives and references to resources: no rule looks inside, so they stay as they are sent.
    return {key: decode(encoded[key]) for key in encoded}  # protobuf walks .items() in Python


def _value(encoded: Mapping[str, Encoded], decode: Callable[[Encoded], Any]) -> Any:
    """What a mark is put on; the mark alone tells that it is not known."""
    return decode(encoded["value"]) if "value" in encoded else UNKNOWN
