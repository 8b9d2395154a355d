"""What a Redis server's configuration says, wherever it stands."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

from policies.cluster.mounts import content
from policies.databases.redis.command_line import arguments, directives
from policies.databases.redis.servers import starts
from policies.objects.node import Node, UndeterminedError, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.databases.redis.command_line import Directive
    from policies.objects.graph import Graph

WORKING_DIRECTORY: Final = "/data"
"""Where a server starts unless told otherwise. Source: Dockerfile of the official image."""

_PLAIN: Final = re.compile(r"yes|no|-?\d{1,10}", re.IGNORECASE | re.ASCII)
_VARIABLE: Final = "$"
_INCLUDES: Final = 8
"""Files that include each other are read as deep as this."""


class Value(NamedTuple):
    """What a directive was set to, and by what.

    Attributes:
        words: The values.
        origin: The file, or "" for an option.
    """

    words: tuple[str, ...]
    origin: str


class Configuration:
    """What a server's configuration says, as far as it can be seen.

    Args:
        container: The server.

    Attributes:
        container: The server.
    """

    def __init__(self, container: Node) -> None:
        self.container = container
        self._known: dict[str, list[Value]] = defaultdict(list)
        self._unseen = ""

    def add(self, directive: Directive, origin: str) -> None:
        """Take the next directive."""
        self._known[directive.name].append(Value(directive.values, origin))

    def hide(self, field: str) -> None:
        """Take note that something unseen comes next: it may change all that was said before."""
        self._known.clear()
        self._unseen = field

    def hidden(self, name: str) -> bool:
        """Tell whether something unseen decides about a directive."""
        return bool(self._unseen) and name not in self._known

    def all(self, name: str) -> list[tuple[str, ...]]:
        """Give the values of every line with that directive."""
        return [value.words for value in self._known.get(name, ())]

    def text(self, name: str, default: str = "") -> str:
        """Give the value that counts, the last one.

        Raises:
            UndeterminedError: When it is not seen, or depends on a variable.
        """
        if self.hidden(name):
            raise UndeterminedError(self._unseen)
        words = " ".join(self.all(name)[-1]) if self.all(name) else default
        if _VARIABLE in words:
            raise UndeterminedError(_place(self.container).field)
        return words

    def given(self, name: str) -> bool:
        """Tell whether a directive has any value but an empty one; a variable's counts.

        Raises:
            UndeterminedError: When that is not seen.
        """
        if self.hidden(name):
            raise UndeterminedError(self._unseen)
        return bool(self.all(name)) and any(self.all(name)[-1])

    def must(self, name: str, be: str) -> Violation:
        """Report a directive; values that could be anything are not shown."""
        found = self._known.get(name, [Value((), "")])[-1]
        words = " ".join(found.words)
        shown = words if _PLAIN.fullmatch(words) else "another value" if words else "not set"
        origin = f" in {found.origin}" if found.origin else ""
        return _place(self.container).must(be=f"be {name} {be}", value=f"{name} {shown}{origin}")


def configurations(container: Node, graph: Graph) -> Iterator[Configuration]:
    """Read the configuration of every server that a container starts.

    Args:
        container: A container of `servers`.
        graph: The stack, for its ConfigMaps and Secrets.

    Yields:
        The configurations.

    Raises:
        UndeterminedError: When the command line is not known yet.
    """
    for key in ("command", "args"):
        for word in container.each(key):
            word.get()
    for start in starts(container):
        found = Configuration(container)
        given = arguments(start.words)
        if not start.visible:
            found.hide(_place(container).field)
        if given.path:
            _read(found, in_working_directory(container, given.path), graph, _INCLUDES)
        if given.opaque:
            found.hide(_place(container).field)
        for directive in given.directives:
            found.add(directive, "")
        yield found


def in_working_directory(container: Node, path: str) -> str:
    """Make a path absolute, as the server does."""
    return posixpath.normpath(posixpath.join(container.text("workingDir") or WORKING_DIRECTORY, path))


def _read(found: Configuration, path: str, graph: Graph, depth: int) -> None:
    if not depth:
        found.hide(_place(found.container).field)
        return
    try:
        text = content(found.container, path, graph)
    except UndeterminedError as unseen:
        found.hide(unseen.field)
        return
    for directive in directives(text):
        if directive.name == "include":
            for included in directive.values:
                _read(found, in_working_directory(found.container, included), graph, depth - 1)
        else:
            found.add(directive, path)


def _place(container: Node) -> Node:
    """Point to the most telling part of the start that is there."""
    given = (container.at(key) for key in ("args", "command") if container.mapping().get(key))
    return next(given, container.at("image"))
