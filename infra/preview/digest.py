"""What `pulumi preview --json` printed, as it is judged and shown. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from infra.engine import events
from infra.errors import REFUSED
from policies.judging.exemptions import ANNOTATION

if TYPE_CHECKING:
    from collections.abc import Iterator

Digest = dict[str, Any]

_STATES: Final = ("oldState", "newState")
NOTHING: Final[Digest] = {"steps": [], "changeSummary": {}}
"""A plan in which nothing is declared."""


def read(output: str) -> Digest | None:
    """Find the digest in what the engine printed; None if there is none."""
    try:
        found = json.loads(output)
    except ValueError:
        return None
    return found if isinstance(found, dict) and isinstance(found.get("steps"), list) else None


def told(digest: Digest) -> list[events.Event]:
    """What the engine and its plugins said, as an event log has it."""
    said = digest.get("diagnostics") or []
    return [{"diagnosticEvent": {**each, "message": each["message"].removeprefix("warning: ")}} for each in said]


def errors(digest: Digest) -> tuple[list[str], list[str]]:
    """What went wrong: lines about settings that cannot work, and everything else."""
    lines = events.errors(told(digest))
    refused = [line.removeprefix(REFUSED) for line in lines if line.startswith(REFUSED)]
    return refused, [line for line in lines if not line.startswith(REFUSED)]


def asked_exemptions(digest: Digest) -> list[tuple[str, str]]:
    """The exemptions that objects ask for by an annotation which they did not have: URN and text of each."""
    return [(step["urn"], text) for step in digest["steps"] if (text := _asked(step))]


def without_asked_exemptions(digest: Digest) -> Digest:
    """Take new exemptions off the objects: nobody has agreed to them yet."""
    return digest | {"steps": [_unexempted(step) if _asked(step) else step for step in digest["steps"]]}


def _asked(step: dict[str, Any]) -> str:
    before, after = (_annotation(step.get(state)) for state in _STATES)
    return after if after != before else ""


def _annotation(state: Any) -> str:
    return next((str(notes[ANNOTATION]) for notes in _annotations(state) if ANNOTATION in notes), "")


def _annotations(state: Any) -> Iterator[dict[str, Any]]:
    found = state
    for key in ("inputs", "metadata", "annotations"):
        found = found.get(key) if isinstance(found, dict) else None
    if isinstance(found, dict):
        yield found


def _unexempted(step: dict[str, Any]) -> dict[str, Any]:
    """The step with the annotation as it was before, if it was there."""
    step = json.loads(json.dumps(step))
    before = _annotation(step.get("oldState"))
    for notes in _annotations(step.get("newState")):
        del notes[ANNOTATION]
        if before:
            notes[ANNOTATION] = before
    return step
