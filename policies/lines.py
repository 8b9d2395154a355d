"""Finds the line of a field in block-style YAML by its indentation.

A YAML parser that knows positions takes several times as long as reading the whole file does without. Manifests are
nearly always plain block style, where indentation alone says what is below what. Anything else on the way to the field
(flow style, aliases, complex keys) gives None, and a parser has to be asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from policies.node import Step


class _Place(NamedTuple):
    """A node: the row on which it begins and the column of its content."""

    row: int
    column: int


class _OtherStyleError(Exception):
    """Something that indentation does not tell."""


class Lines:
    """The lines of a document; most of the ways that are looked for begin alike, so each step is remembered.

    Args:
        text: The document.
    """

    def __init__(self, text: str) -> None:
        self._lines = [line.rstrip("\r") for line in text.split("\n")]
        self._steps: dict[tuple[_Place, Step], tuple[int, _Place | None] | None] = {}

    def find(self, steps: Sequence[Step]) -> int | None:
        """Find the line of a field.

        Args:
            steps: The way from the document's root.

        Returns:
            Index of the line of the last step that is there; None when indentation does not tell.
        """
        try:
            place = _next(self._lines, 0, -1)
            row = place.row if place else 0
            for step in steps:
                if place is None or (found := self._step(place, step)) is None:
                    break
                row, place = found
        except _OtherStyleError:
            return None
        return row

    def _step(self, place: _Place, step: Step) -> tuple[int, _Place | None] | None:
        key = (place, step)
        if key not in self._steps:
            self._steps[key] = _step(self._lines, place, step)
        return self._steps[key]


def _step(lines: Sequence[str], place: _Place, step: Step) -> tuple[int, _Place | None] | None:
    item = _is_item(lines[place.row][place.column :])
    if isinstance(step, int):
        return _item(lines, place, step) if item else None
    return None if item else _value(lines, place, step)


def _value(lines: Sequence[str], place: _Place, key: str) -> tuple[int, _Place | None] | None:
    forms = (f"{key}:", f'"{key}":', f"'{key}':")
    for row, text in _rows(lines, place):
        if text[:2] in {"? ", "?"} or text[0] in "{[&*!":
            raise _OtherStyleError
        for form in forms:
            if text.startswith(form) and text[len(form) : len(form) + 1] in {"", " "}:
                return row, _content(lines, row, text[len(form) :], place.column)
    return None


def _item(lines: Sequence[str], place: _Place, index: int) -> tuple[int, _Place | None] | None:
    items = [row for row, text in _rows(lines, place) if _is_item(text)]
    if not 0 <= index < len(items):
        return None
    row = items[index]
    rest = lines[row][place.column + 1 :]
    text = rest.lstrip(" ")
    if text and text[0] in "{[&*!":
        raise _OtherStyleError
    if not text or text[0] == "#":
        return row, _next(lines, row + 1, place.column)
    return row, _Place(row, len(lines[row]) - len(text))


def _content(lines: Sequence[str], row: int, after: str, column: int) -> _Place | None:
    """The node that is a key's value; None for a scalar on the key's own line."""
    text = after.strip()
    if text and text[0] in "{[&*!":
        raise _OtherStyleError
    if text and text[0] != "#":
        return None
    return _next(lines, row + 1, column) or _same_column(lines, row + 1, column)


def _same_column(lines: Sequence[str], start: int, column: int) -> _Place | None:
    """A list may begin right below its key, without more indentation."""
    place = _next(lines, start, column - 1)
    return place if place and place.column == column and _is_item(lines[place.row][column:]) else None


def _next(lines: Sequence[str], start: int, column: int) -> _Place | None:
    """The next content, if it is indented by more than a column."""
    for row in range(start, len(lines)):
        text = lines[row].lstrip(" ")
        if text and text[0] not in "#%":
            if text[0] in "\t{[":
                raise _OtherStyleError
            found = len(lines[row]) - len(text)
            return _Place(row, found) if found > column else None
    return None


def _rows(lines: Sequence[str], place: _Place) -> Iterator[tuple[int, str]]:
    """The rows of a node that begin at its own column, each from there on."""
    row, column = place
    yield row, lines[row][column:]
    for later in range(row + 1, len(lines)):
        line = lines[later]
        text = line.lstrip(" ")
        if not text or text[0] == "#":
            continue
        found = len(line) - len(text)
        if found < column:
            return
        if found == column:
            yield later, text


def _is_item(text: str) -> bool:
    return text[0] == "-" and text[1:2] in {"", " "}
