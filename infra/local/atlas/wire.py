"""MongoDB's wire protocol, as far as a proxy reads it. Pure.

Source: MongoDB documentation, Wire Protocol: OP_MSG, and OP_QUERY with which drivers begin.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any, Final

import bson

MESSAGE: Final = 2013
QUERY: Final = 2004
_REPLY: Final = 1
HEADER_BYTES: Final = 16
_HEADER: Final = struct.Struct("<iiii")
_MORE_TO_COME: Final = 2
LARGEST: Final = 48_000_000
"""Bytes of a message, as drivers are told."""

Document = dict[str, Any]


@dataclass(frozen=True)
class Message:
    """One message of a client.

    Attributes:
        number: What the answer refers to.
        code: What kind it is.
        content: All after the header.
    """

    number: int
    code: int
    content: bytes

    @property
    def raw(self) -> bytes:
        """As it goes over the wire."""
        return _HEADER.pack(HEADER_BYTES + len(self.content), self.number, 0, self.code) + self.content

    @property
    def answered(self) -> bool:
        """Whether the client waits for an answer."""
        return not (self.code == MESSAGE and struct.unpack_from("<I", self.content)[0] & _MORE_TO_COME)

    def command(self) -> Document:
        """The command's document; its first key names it.

        Raises:
            ValueError: There is none.
        """
        if self.code == QUERY:
            start = self.content.index(b"\0", 4) + 9
            return _document(self.content, start)
        position = 4
        while position < len(self.content):
            if self.content[position] == 0:
                return _document(self.content, position + 1)
            position += 1 + struct.unpack_from("<i", self.content, position + 1)[0]
        raise ValueError("a message without a command")

    def reply(self, document: Document) -> bytes:
        """An answer of ours to it."""
        if self.code == QUERY:
            return _packed(_REPLY, self.number, struct.pack("<iqii", 8, 0, 0, 1) + bson.encode(document))
        return _packed(MESSAGE, self.number, b"\0\0\0\0\0" + bson.encode(document))


def command(document: Document) -> bytes:
    """A command of ours."""
    return Message(1, MESSAGE, b"\0\0\0\0\0" + bson.encode(document)).raw


def header(data: bytes) -> tuple[int, int, int]:
    """Length of what follows, number and kind.

    Raises:
        ValueError: No message is that long.
    """
    length, number, _, code = _HEADER.unpack(data)
    if not HEADER_BYTES <= length <= LARGEST:
        raise ValueError("not a message")
    return length - HEADER_BYTES, number, code


def _packed(code: int, to: int, content: bytes) -> bytes:
    return _HEADER.pack(HEADER_BYTES + len(content), 1, to, code) + content


def _document(data: bytes, start: int) -> Document:
    (size,) = struct.unpack_from("<i", data, start)
    return bson.decode(data[start : start + size])
