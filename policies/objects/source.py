"""Where in a file an object stands, and on which line a field of it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from policies.objects.lines import Lines

if TYPE_CHECKING:
    from collections.abc import Iterable

    import yaml

    from policies.objects.node import Step


class Source(NamedTuple):
    """A document of a file.

    Attributes:
        file: The file's name as it was given, `-` for standard input.
        line: The document's first line, counted from 1.
        text: The document, to look a field's line up; "" where only the object's own line is known.
        prefix: The way from the document's root to the object, for an object inside a List.
    """

    file: str
    line: int
    text: str = ""
    prefix: tuple[Step, ...] = ()

    def line_of(self, steps: Iterable[Step]) -> int:
        """Find the line of a field; of one that is not there, the line of the last thing on the way to it.

        Args:
            steps: The way from the object's root.

        Returns:
            The line, counted from 1.
        """
        if not self.text:
            return self.line
        way = (*self.prefix, *steps)
        line = _lines(self.text).find(way)
        return self.line + (_parsed_line(self.text, way) if line is None else line)


@lru_cache(maxsize=8)
def _lines(text: str) -> Lines:
    return Lines(text)


def _parsed_line(text: str, steps: Iterable[Step]) -> int:
    place = _composed(text)
    line = place.start_mark.line if place else 0
    for step in steps:
        found = _below(place, step)
        if found is None:
            break
        line, place = found
    return line


def _below(place: yaml.Node | None, step: Step) -> tuple[int, yaml.Node] | None:
    """The line and the node of a child: a key's own line, not that of a value below it."""
    import yaml

    if isinstance(place, yaml.MappingNode):
        for key, value in place.value:
            if key.value == step:
                return key.start_mark.line, value
    if isinstance(place, yaml.SequenceNode) and isinstance(step, int) and 0 <= step < len(place.value):
        return place.value[step].start_mark.line, place.value[step]
    return None


@lru_cache(maxsize=8)
def _composed(text: str) -> yaml.Node | None:
    import yaml

    try:
        return yaml.compose(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError:
        return None  # the two readers disagree: the document's first line is still right
