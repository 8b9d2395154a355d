"""Where in a file an object stands."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """A document of a file.

    Attributes:
        file: The file's name as it was given, `-` for standard input.
        line: The document's first line, counted from 1.
        text: The document, to look a field's line up; "" where only the object's own line is known.
    """

    file: str
    line: int
    text: str = ""
