"""Redis' access control list: is there a user that anybody may be?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

DEFAULT_USER: Final = "default"
"""Who a connection is at first; open to all unless a rule says otherwise."""


def users(text: str) -> Iterator[tuple[str, ...]]:
    """Read the users of an ACL file: name and rules."""
    for line in text.splitlines():
        words = line.split()
        if len(words) > 1 and words[0].lower() == "user":
            yield tuple(words[1:])


def open_users(found: Iterable[Sequence[str]]) -> list[str]:
    """Name the users that need no password.

    Args:
        found: Every user's name and rules. One that is not named here is not there, but for the default user: it is
            then as Redis makes it, without a password.

    Returns:
        Their names.
    """
    known = {user[0]: _is_open(user[1:]) for user in found if user}
    return [name for name, is_open in {DEFAULT_USER: True, **known}.items() if is_open]


def _is_open(rules: Iterable[str]) -> bool:
    enabled = no_password = False
    for rule in rules:
        match rule.lower():
            case "on":
                enabled = True
            case "off":
                enabled = False
            case "nopass":
                no_password = True
            case "resetpass":
                no_password = False
            case "reset":
                enabled = no_password = False
            case word if word.startswith((">", "#")):
                no_password = False
    return enabled and no_password
