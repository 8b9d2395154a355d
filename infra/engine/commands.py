"""Which of the engine's commands a list of arguments is: pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

MUTATING = frozenset({"up", "update", "destroy", "down", "dn", "refresh", "import"})
"""Commands that change the cluster or the state, with their aliases."""
JUDGED = MUTATING | {"preview", "pre"}
"""Commands that tell by events how they went."""
FREEING = frozenset({"cancel"})
"""Commands that remove another run's lock."""
PLAN = ("preview", "--json", "--show-sames", "--ignore-protect")
"""The command that tells as data what an update would do, as if nothing were protected: the first protected resource
would hide all that comes after it. Since 3.256."""
_SWITCHES = frozenset(
    {
        *("-e", "--emoji", "-Q", "--fully-qualify-stack-names", "--disable-integrity-checking"),
        *("--logflow", "--logtostderr", "--non-interactive"),
    }
)
_SHORT = 2


def command_of(args: Sequence[str]) -> str:
    """The command, "" if there is none; read as the engine reads it.

    Any option before the command takes the next argument for its value, unless it is one of the engine's general
    switches, has its value behind a `=`, or is a short one with more behind its letter.
    """
    rest = iter(args)
    for arg in rest:
        if not arg.startswith("-"):
            return arg
        if arg not in _SWITCHES and "=" not in arg and (arg.startswith("--") or len(arg) == _SHORT):
            next(rest, None)
    return ""
