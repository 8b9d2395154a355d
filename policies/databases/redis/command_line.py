"""Reads what Redis is told: the lines of its configuration, its long options, and shell scripts that start it."""

from __future__ import annotations

import posixpath
import re
import shlex
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SERVERS: Final = frozenset({"redis-server", "valkey-server"})
"""The programs that are a server."""

_OPTION: Final = "--"
_TOKEN: Final = re.compile(r""""((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(\S+)""", re.DOTALL)
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)

_SHELLS: Final = frozenset({"sh", "bash", "ash", "dash"})
_SCRIPT_FLAG: Final = re.compile(r"-[a-z]*c")
_COMMENT: Final = re.compile(r"(?m)^\s*#.*$")
_SUBSTITUTION: Final = re.compile(r"\$\([^()]*\)|`[^`]*`")
_STREAM: Final = re.compile(r"(?<=\s)[012](?=[<>])")
_BREAKS: Final = ";&|()<>\n"
_MENTIONS: Final = frozenset(
    {
        "echo",
        "printf",
        "pgrep",
        "pkill",
        "killall",
        "pidof",
        "which",
        "command",
        "type",
        "cat",
        "test",
        "[",
        "[[",
        "grep",
    }
)
_OPAQUE: Final = re.compile(r"\$(\w+|[@*]|\{[^}]*\})")


class Directive(NamedTuple):
    """One line of the configuration.

    Attributes:
        name: Its name in lower case.
        values: What follows.
    """

    name: str
    values: tuple[str, ...]


class Arguments(NamedTuple):
    """What a server is started with.

    Attributes:
        path: The configuration file, "" for none.
        opaque: Whether a variable or the standard input may say anything, so that what stood before may not hold.
        directives: The long options after that, in their order.
    """

    path: str
    opaque: bool
    directives: tuple[Directive, ...]


def directives(text: str) -> Iterator[Directive]:
    """Read the lines of a configuration; a comment is a line of its own."""
    for line in text.splitlines():
        if not line.lstrip().startswith("#") and (words := _tokens(line)):
            yield Directive(words[0].lower(), tuple(words[1:]))


def arguments(words: Sequence[str]) -> Arguments:
    """Read a server's arguments: a file, then options, each as several words or as one.

    Args:
        words: What follows the program's name.

    Returns:
        What they say.
    """
    path = words[0] if words and not words[0].startswith("-") else ""
    options: list[list[str]] = []
    opaque = False
    for word in words[1:] if path else words:
        if word.startswith(_OPTION):
            options.append(_tokens(word.removeprefix(_OPTION)))
        elif word == "-" or not options or (len(options[-1]) > 1 and _OPAQUE.fullmatch(word)):
            opaque = True
            options.clear()
        else:
            options[-1].append(word)
    found = tuple(Directive(option[0].lower(), tuple(option[1:])) for option in options if option)
    return Arguments(path, opaque, found)


def invocations(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Find the servers that a command line starts, through wrappers and shells.

    Args:
        words: A container's command and arguments.

    Yields:
        The arguments of each.
    """
    for index, word in enumerate(words):
        program = posixpath.basename(word)
        if program in SERVERS:
            yield tuple(words[index + 1 :])
            return
        if program in _SHELLS:
            rest = iter(words[index + 1 :])
            if any(_SCRIPT_FLAG.fullmatch(flag) for flag in rest):
                yield from _in_script(next(rest, ""))
            return


def _in_script(script: str) -> Iterator[tuple[str, ...]]:
    for command in _commands(script):
        programs = [posixpath.basename(word) for word in command]
        index = next((index for index, program in enumerate(programs) if program in SERVERS), None)
        if index is not None and not _MENTIONS.intersection(programs[:index]):
            yield tuple(command[index + 1 :])


def _commands(script: str) -> Iterator[list[str]]:
    plain = _COMMENT.sub("", script.replace("\\\n", " "))
    plain = _STREAM.sub("", _SUBSTITUTION.sub("$_", plain))
    lexer = shlex.shlex(plain, posix=True, punctuation_chars=_BREAKS)
    lexer.whitespace, lexer.whitespace_split, lexer.commenters = " \t\r", True, ""
    command: list[str] = []
    try:
        for word in lexer:
            if word.strip(_BREAKS):
                command.append(word)
            else:
                yield _uncommented(command)
                command = []
    except ValueError:  # a quote that is never closed: what stands before it was read
        pass
    yield _uncommented(command)


def _uncommented(command: list[str]) -> list[str]:
    return command[: next((index for index, word in enumerate(command) if word.startswith("#")), len(command))]


def _tokens(line: str) -> list[str]:
    return [_unescaped(*found.groups("")) for found in _TOKEN.finditer(line)]


def _unescaped(double: str, single: str, plain: str) -> str:
    quoted = double or single
    return (_ESCAPE.sub(r"\1", quoted) if "\\" in quoted else quoted) or plain
