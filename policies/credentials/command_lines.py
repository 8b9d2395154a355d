"""Finds credentials among commands and arguments, which everybody on the node may read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from policies.credentials.assignments import is_option
from policies.credentials.entropy import random_looking
from policies.credentials.names import means_public

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_WORD: Final = re.compile(r"""(?:[^\s"';|&]|"[^"]*"|'[^']*')+|[;|&]+""")
_QUOTES: Final = str.maketrans("", "", "\"'")
_ASSIGNED: Final = re.compile(r"-{0,2}([A-Za-z_][\w.\-]*)=(.*)", re.DOTALL)
_OPTION: Final = re.compile(r"--?([A-Za-z][\w.\-]*)|(requirepass|masterauth)")
_ACL_PASSWORD: Final = re.compile(r">[^\s=>|&]\S+")
_SWITCH: Final = re.compile(r"(?:no|enable|disable|allow|use|with|prompt|require|ask|skip|rotate|print|show)-")
_PASSWORD: Final = "password"  # noqa: S105 - an option's name
_LOGIN: Final = "login"
_SHORT: Final = {
    "redis-cli": {"-a": _PASSWORD, "AUTH": _PASSWORD, "auth": _PASSWORD},
    "mongo": {"-p": _PASSWORD},
    "mongosh": {"-p": _PASSWORD},
    "mongodump": {"-p": _PASSWORD},
    "mongorestore": {"-p": _PASSWORD},
    "sshpass": {"-p": _PASSWORD},
    "curl": {"-u": _LOGIN, "--user": _LOGIN},
    "mysql": {},
    "mysqladmin": {},
    "mysqldump": {},
}
"""Words of well-known programs after which a password comes, though they do not say so."""

_ATTACHED: Final = re.compile(r"-p(\S+)")
"""The password of a program of MySQL, which takes it without a space."""

_VARIABLE: Final = ("$", "`")


class Word(NamedTuple):
    """A word of a command line.

    Attributes:
        item: The place of the item that it stands in.
        text: The word, without quotes.
    """

    item: int
    text: str


def items_with_credentials(items: Sequence[str]) -> set[int]:
    """Find the items that give a credential away, by the option before it or by their looks.

    Args:
        items: The items of `command` and `args`.

    Returns:
        Their places.
    """
    acl_passwords = {place for place, item in enumerate(items) if _ACL_PASSWORD.fullmatch(item)}
    return acl_passwords | {word.item for word in _credentials(_words(items))}


def _words(items: Sequence[str]) -> Iterator[Word]:
    """Split the items as a shell would; where there is no shell, only values with spaces are split for nothing."""
    for place, item in enumerate(items):
        yield from (Word(place, word.translate(_QUOTES).strip(",")) for word in _WORD.findall(item))


def _credentials(words: Iterator[Word]) -> Iterator[Word]:
    program, option = "", ""
    for word in words:
        text = word.text
        assigned = _ASSIGNED.fullmatch(text)
        if assigned is not None:
            found, option = _gives_away(assigned[1], assigned[2]), ""
        elif after := _option(program, text):
            found, option = False, after
        else:
            found, option = _gives_away(option, text), ""
        if found or _attached(program, text):
            yield word
        program = _program(program, text)


def _option(program: str, text: str) -> str:
    """Name the option that a word begins, "" if it begins none."""
    if text in _SHORT.get(program, {}):
        return _SHORT[program][text]
    match = _OPTION.fullmatch(text)
    name = "" if match is None else match[1] or match[2]
    return "" if _SWITCH.match(name) else name


def _gives_away(option: str, value: str) -> bool:
    if value.startswith(_VARIABLE):
        return False
    if option == _LOGIN:
        return is_option(_PASSWORD, value.partition(":")[2])
    return is_option(option, value) or (random_looking(value) and not means_public(option))


def _attached(program: str, text: str) -> bool:
    match = _ATTACHED.fullmatch(text) if program.startswith("mysql") else None
    return match is not None and not match[1].startswith(_VARIABLE) and is_option(_PASSWORD, match[1])


def _program(before: str, text: str) -> str:
    """Tell whose options come after a word."""
    if text[:1] in {";", "|", "&"}:
        return ""
    name = text.rpartition("/")[2]
    return name if name in _SHORT else before
