"""Finds the line of a field in block-style YAML by its indentation.

A YAML parser that knows positions takes several times as long as reading the whole file does without. Manifests are
nearly always plain block style, where indentation alone says what is below what. Anything else on the way to the field
(flow style, aliases, complex keys) gives None, and a parser has to be asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from policies.objects.node import Step

_OTHER_STYLE: Final = "{[&*!"
_EMPTY: Final = ("{}", "[]")


_Place = tuple[int, int]
"""A node: the line on which it begins, counted among those with content, and the column of its content."""

_OTHER: Final = (-1, -1)
"""A node in another style: what is in it indentation does not tell."""

_Children = dict["Step", tuple[int, _Place | None]]
"""By key or place in a list: the line of each child, and its node unless it is a scalar on that line."""


class Lines:
    """The lines of a document; most of the ways that are looked for begin alike, so what is below a node is remembered.

    Args:
        text: The document.
    """

    def __init__(self, text: str) -> None:
        self._numbers: list[int] = []
        self._columns: list[int] = []
        self._texts: list[str] = []
        for number, line in enumerate(text.replace("\r\n", "\n").split("\n")):
            content = line.lstrip(" ")
            if content and content[0] != "#":
                self._numbers.append(number)
                self._columns.append(len(line) - len(content))
                self._texts.append(content)
        self._root = self._next(0, -1)
        self._below: dict[_Place, _Children | None] = {}

    def find(self, steps: Sequence[Step]) -> int | None:
        """Find the line of a field.

        Args:
            steps: The way from the document's root.

        Returns:
            Index of the line of the last step that is there; None when indentation does not tell.
        """
        place = self._root
        if place is None or place is _OTHER:
            return 0 if place is None else None
        at, _ = place
        for step in steps:
            if place is None:
                break
            children = self._children(place)
            if children is None:
                return None
            if step not in children:
                break
            at, place = children[step]
        return self._numbers[at]

    def _children(self, place: _Place) -> _Children | None:
        """What is right below a node; None when indentation does not tell."""
        if place is _OTHER:
            return None
        if place not in self._below:
            is_list = _is_item(next(self._rows(place))[1])
            self._below[place] = self._items(place) if is_list else self._fields(place)
        return self._below[place]

    def _fields(self, place: _Place) -> _Children | None:
        fields: _Children = {}
        _, column = place
        for at, text in self._rows(place):
            if text[0] in _OTHER_STYLE or text[:2] in {"? ", "?"}:
                return None
            key, after = _key(text)
            if key and key not in fields:
                fields[key] = at, self._value(at, after.strip(), column)
        return fields

    def _value(self, at: int, text: str, column: int) -> _Place | None:
        """The node that is a key's value; None for a scalar on the key's own line."""
        if text and text[0] != "#":
            return _OTHER if text[0] in _OTHER_STYLE and text not in _EMPTY else None
        below = self._next(at + 1, column - 1)
        # A list may begin right below its key, without more indentation.
        if below is not None and below[1] == column and not _is_item(self._texts[below[0]]):
            return None
        return below

    def _items(self, place: _Place) -> _Children:
        items: _Children = {}
        _, column = place
        for at, text in self._rows(place):
            if not _is_item(text):
                break
            content = text[1:].lstrip(" ")
            if content and content[0] in _OTHER_STYLE:
                items[len(items)] = at, None if content in _EMPTY else _OTHER
            elif content and content[0] != "#":
                items[len(items)] = at, (at, column + len(text) - len(content))
            else:
                items[len(items)] = at, self._next(at + 1, column)
        return items

    def _next(self, at: int, column: int) -> _Place | None:
        """The next content, if it is indented by more than a column."""
        while at < len(self._texts) and self._texts[at][0] == "%":
            at += 1
        if at == len(self._texts) or self._columns[at] <= column:
            return None
        return _OTHER if self._texts[at][0] in "\t{[" else (at, self._columns[at])

    def _rows(self, place: _Place) -> Iterator[tuple[int, str]]:
        """The lines of a node that begin at its own column, each from there on."""
        at, column = place
        yield at, self._texts[at][column - self._columns[at] :]
        for later in range(at + 1, len(self._texts)):
            found = self._columns[later]
            if found < column:
                return
            if found == column:
                yield later, self._texts[later]


def _key(text: str) -> tuple[str, str]:
    """A line's key and what stands after it; "" where there is no key, as in an item of the list above."""
    if _is_item(text):
        return "", ""
    quote = text[0] if text[0] in "\"'" else ""
    key, colon, after = f"{text} "[len(quote) :].partition(f"{quote}: ")
    return (key, after) if colon else ("", "")


def _is_item(text: str) -> bool:
    return text[0] == "-" and text[1:2] in {"", " "}
