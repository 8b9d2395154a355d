"""A preview: `pulumi preview --json`, or the engine's events, one a line, as `--event-log` writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from policies.inputs.loaded import Problem
from policies.inputs.preview_steps import Steps, state, steps_of
from policies.inputs.pulumi_file import PulumiFile, Stack, loaded, managed
from policies.judging.step import PlanStep
from policies.objects.node import Node
from policies.objects.urn import stack_of

if TYPE_CHECKING:
    from policies.objects.resources import Resource

_WHAT: Final = "a preview; give what `pulumi preview --json --show-sames` prints, or an event log"
_FAILED: Final = "not whole, the preview ended with an error; mend what it says and preview again"
_UNDECLARED: Final = ("delete", "delete-replaced", "discard", "discard-replaced", "refresh")
"""Steps that tell of what exists, not of what is declared."""


def read(text: str, file: str) -> Stack:
    """Read a preview.

    Args:
        text: What `pulumi preview --json` printed, or an event log.
        file: The file's name, `-` for standard input.

    Returns:
        The resources as they are declared, the plan and the stack's name. A preview without `--show-sames` leaves out
        what does not change; an event log does not tell of `ignoreChanges`.

    Raises:
        UnreadableError: It is something else.
    """
    source = PulumiFile(text, file, _WHAT)
    found: Steps = steps_of(source)
    resources: dict[str, Resource] = {}
    plan: list[PlanStep] = []
    name = ""
    for step in found.steps:
        op, urn = source.texts(step, "op", "urn")
        name = name or stack_of(urn)
        states = [each for key in ("oldState", "newState") if (each := state(step, key))]
        if not any(managed(urn, each) for each in states or [{"custom": True}]):
            continue
        planned = _planned(source, op, urn, step)
        plan.append(planned)
        if planned.new is not None and op not in _UNDECLARED:
            resources[urn] = planned.new
    declared = loaded(resources.values(), found.extent)
    if found.failed:
        declared.problems.append(Problem(file, 1, _FAILED))
    return Stack(name=name, loaded=declared, steps=plan)


def _planned(source: PulumiFile, op: str, urn: str, step: dict[str, Any]) -> PlanStep:
    before, after = state(step, "oldState"), state(step, "newState")
    old = source.resource(urn, before) if before else None
    new = source.resource(urn, after) if after else None
    changes = _changes(step)
    keys = step.get("replaceReasons")
    replacing = [path for path, kind in changes.items() if kind.endswith("-replace")]
    replacing = replacing or [key for key in (keys if isinstance(keys, list) else ()) if isinstance(key, str)]
    return PlanStep(
        op=op,
        resource=old or new or source.resource(urn, {}),
        old=old,
        new=new,
        live=Node(source.properties(before.get("outputs"))),
        reasons=tuple(replacing),
        changed=frozenset(changes),
    )


def _changes(step: dict[str, Any]) -> dict[str, str]:
    """The kind of change of each property."""
    found = step.get("detailedDiff")
    each = found if isinstance(found, dict) else {}
    kinds = {
        path: change.get("kind", change.get("diffKind")) for path, change in each.items() if isinstance(change, dict)
    }
    return {path: kind for path, kind in kinds.items() if isinstance(kind, str)}
