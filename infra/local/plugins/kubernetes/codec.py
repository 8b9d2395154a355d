"""The engine's property values as plain Python, with explicit marks for what is secret and what is not known yet."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from google.protobuf import struct_pb2

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the protocol's mark of a secret, not one
_UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_UNKNOWNS: Final = frozenset(
    {
        _UNKNOWN,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # bool
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # array
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)
_SHORTEST_SECRET = 4


@dataclass(frozen=True)
class Unknown:
    """A value that only the deployment itself will tell."""


@dataclass(frozen=True)
class Secret:
    """A value that must stay secret."""

    value: Any


UNKNOWN = Unknown()


def decode(struct: struct_pb2.Struct) -> dict[str, Any]:
    """Read a property map; keys that only the SDKs and other providers use are left out."""
    return {key: _decode(value) for key, value in struct.fields.items() if not key.startswith("__")}


def encode(properties: dict[str, Any]) -> struct_pb2.Struct:
    """Write a property map."""
    struct = struct_pb2.Struct()
    for key, value in properties.items():
        _encode(value, struct.fields[key])
    return struct


def reveal(value: Any) -> Any:
    """The value without its marks of secrecy, for the API server and for comparisons."""
    return _map(value, lambda item: reveal(item.value) if isinstance(item, Secret) else item)


def known(value: Any) -> bool:
    """Whether no part of the value is unknown."""
    return not any(isinstance(leaf, Unknown) for leaf in _leaves(value))


def mark(value: Any, like: Any) -> Any:
    """Make secret in `value` what is secret at the same place of `like`."""
    if isinstance(value, Secret):
        return value
    if isinstance(like, Secret):
        return Secret(reveal(value))
    if isinstance(value, dict) and isinstance(like, dict):
        return {key: mark(item, like.get(key)) for key, item in value.items()}
    if isinstance(value, list) and isinstance(like, list):
        padded = [*like, *[None] * len(value)]
        return [mark(item, template) for item, template in zip(value, padded, strict=False)]
    return value


def redact(message: str, *properties: Any) -> str:
    """The message without any secret value of the properties, encoded or not."""
    found = {text for value in properties for text in _secret_texts(value)}
    for text in sorted(found, key=len, reverse=True):
        message = message.replace(text, "[secret]")
    return message


def _secret_texts(value: Any) -> Iterator[str]:
    if isinstance(value, Secret):
        for leaf in _leaves(value.value):
            text = str(leaf)
            if len(text) >= _SHORTEST_SECRET:
                yield text
                yield from _decoded(text)
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _secret_texts(item)


def _decoded(text: str) -> Iterator[str]:
    try:
        plain = base64.b64decode(text, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return
    if len(plain) >= _SHORTEST_SECRET:
        yield plain


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, Secret):
        yield from _leaves(value.value)
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _leaves(item)
    else:
        yield value


def _map(value: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(value, dict):
        return {key: _map(item, change) for key, item in value.items()}
    if isinstance(value, list):
        return [_map(item, change) for item in value]
    return change(value)


def _decode(value: struct_pb2.Value) -> Any:  # noqa: PLR0911 - one for each kind of value
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return UNKNOWN if value.string_value in _UNKNOWNS else value.string_value
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind == "bool_value":
        return value.bool_value
    if kind == "list_value":
        return [_decode(item) for item in value.list_value.values]
    if kind == "struct_value":
        fields = value.struct_value.fields
        if _SIGNATURE in fields and fields[_SIGNATURE].string_value == _SECRET:
            return Secret(_decode(fields["value"]))
        return {key: _decode(item) for key, item in fields.items()}
    return None


def _encode(value: Any, into: struct_pb2.Value) -> None:
    if value is None:
        into.null_value = struct_pb2.NULL_VALUE
    elif isinstance(value, Unknown):
        into.string_value = _UNKNOWN
    elif isinstance(value, bool):
        into.bool_value = value
    elif isinstance(value, int | float):
        into.number_value = value
    elif isinstance(value, str):
        into.string_value = value
    elif isinstance(value, Secret):
        into.struct_value.fields[_SIGNATURE].string_value = _SECRET
        _encode(value.value, into.struct_value.fields["value"])
    elif isinstance(value, dict):
        into.struct_value.SetInParent()
        for key, item in value.items():
            _encode(item, into.struct_value.fields[key])
    else:
        into.list_value.SetInParent()
        for item in value:
            _encode(item, into.list_value.values.add())
