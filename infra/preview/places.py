"""Where a finding comes from: the settings in the stack file, or the line of the program that declares the object."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from infra.preview import stack_text
from infra.preview.report import Place

if TYPE_CHECKING:
    from collections.abc import Iterable

    from infra.preview.digest import Digest

_POSITION: Final = re.compile(r"project:///(?!\.\.)(.+)#(\d+)")
_SETTING: Final = re.compile(r"[a-z_]+(\.[A-Za-z0-9_]+)*")


def of_program(digest: Digest) -> dict[str, Place]:
    """Where each resource is declared, by URN; for one that is to go, where it was."""
    found: dict[str, Place] = {}
    for step in digest["steps"]:
        for state in (step.get("newState"), step.get("oldState")):
            if step["urn"] not in found and (place := _position(state)):
                found[step["urn"]] = place
    return found


def of_settings(settings: Iterable[str], text: str, file: str) -> tuple[Place, ...]:
    """Where settings stand.

    Args:
        settings: Such as `api.memory.limit`.
        text: The stack file.
        file: Its name.
    """
    return tuple(Place(file, stack_text.line_of(text, setting) or 0, setting) for setting in settings)


def of_names(known: str, text: str, file: str) -> dict[str, Place]:
    """Where the settings stand that gave an object its name, by that name, if they are others now.

    Args:
        known: The stack file as it was.
        text: As it is now.
        file: Its name.
    """
    return {was: of_settings([setting], text, file)[0] for was, setting in stack_text.changed(known, text).items()}


def setting_of(problem: str) -> str:
    """The setting that a line about one begins with; "" if it begins with none."""
    start, colon, _ = problem.partition(": ")
    return start if colon and _SETTING.fullmatch(start) else ""


def _position(state: Any) -> Place | None:
    """The first frame that lies in the project."""
    if not isinstance(state, dict):
        return None
    frames = [state, *(state.get("stackTrace") or [])]
    texts = [str(each.get("sourcePosition", "")) for each in frames if isinstance(each, dict)]
    match = next((match for text in texts if (match := _POSITION.fullmatch(text))), None)
    return Place(match[1], int(match[2])) if match else None
