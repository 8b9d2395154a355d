"""Which of the engine's commands a list of arguments is: pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

MUTATING = frozenset({"up", "update", "destroy", "down", "dn", "refresh", "import"})
"""Commands that change the cluster or the state, with their aliases."""
JUDGED = MUTATING | {"preview", "pre"}
"""Commands that tell by events how they went."""
PLANNED = MUTATING - {"import"}
"""Commands whose plan is judged before they run; an import takes over what there is, protected."""
UNPLANNED = frozenset({"watch"})
"""Commands that bring changes in with no plan before them."""
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
_UPDATES = frozenset({"up", "update"})
_UPDATE_ONLY = frozenset({"--continue-on-error", "--preview-only", "--strict"})
"""Switches of an update that its plan does not know."""
_CONFIRMATIONS = frozenset({"--yes", "-y", "--skip-preview", "-f"})
_CONFIRMING = "yf"
ASKING = dict.fromkeys(("PULUMI_OPTION_SKIP_PREVIEW", "PULUMI_OPTION_YES", "PULUMI_SKIP_CONFIRMATIONS"), "false")
"""The environment that confirms nothing beforehand, either."""


def command_of(args: Sequence[str]) -> str:
    """The command, "" if there is none; read as the engine reads it.

    Any option before the command takes the next argument for its value, unless it is one of the engine's general
    switches, has its value behind a `=`, or is a short one with more behind its letter.
    """
    return next(iter(args[_place(args) :]), "")


def _place(args: Sequence[str]) -> int:
    """Where the command stands, behind the end if there is none."""
    rest = iter(enumerate(args))
    for place, arg in rest:
        if not arg.startswith("-"):
            return place
        if arg not in _SWITCHES and "=" not in arg and (arg.startswith("--") or len(arg) == _SHORT):
            next(rest, None)
    return len(args)


def plan_of(args: Sequence[str]) -> list[str]:
    """The arguments that show what a command of `PLANNED` would do, and do nothing.

    What an update is confirmed with is left out: the engine takes none of it beside a plan.
    """
    kept = [short for arg in args if (short := _unconfirmed(arg))]
    if command_of(args) not in _UPDATES:
        return [*kept, "--preview-only"]
    kept[_place(kept)] = "preview"
    return [arg for arg in kept if arg.partition("=")[0] not in _UPDATE_ONLY]


def _unconfirmed(arg: str) -> str:
    """An argument without its part in the confirmation, "" if it has no other."""
    if arg.partition("=")[0] in _CONFIRMATIONS:
        return ""
    if not arg.startswith("-") or arg.startswith("--"):
        return arg
    letters = arg[1:].lstrip(_CONFIRMING)
    return f"-{letters}" if letters else ""
