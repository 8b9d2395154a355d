"""What an update is going to do, resource by resource, by the engine's own plan."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from policies.objects.node import Node
    from policies.objects.resources import Resource

REPLACEMENTS: Final = ("replace", "create-replacement", "import-replacement", "read-replacement", "delete-replaced")
"""The engine's steps of one replacement, the one that tells most first."""
_CREATIONS: Final = ("create", "import")


class PlanStep(NamedTuple):
    """One step of the plan.

    Attributes:
        op: The engine's word for it: `same`, `create`, `update`, `delete`, `replace`, …
        resource: What exists, or what is to be created; always the one with the fuller history.
        old: What the state declares; None for what is new.
        new: What the program declares; None for what is to go.
        live: The old outputs: what the provider last saw.
        reasons: Paths of the properties that make it a replacement.
        changed: Paths of all properties that change, as far as the provider says.
    """

    op: str
    resource: Resource
    old: Resource | None = None
    new: Resource | None = None
    live: Node | None = None
    reasons: tuple[str, ...] = ()
    changed: frozenset[str] = frozenset()

    @property
    def replaces(self) -> bool:
        """Whether the old object is deleted for a new one."""
        return self.op in REPLACEMENTS

    @property
    def destroys(self) -> bool:
        """Whether an object is to be deleted, or at least forgotten."""
        return self.replaces or self.op == "delete" or self.gone

    @property
    def gone(self) -> bool:
        """Whether a refresh did not find the object, and forgets it."""
        return self.op == "refresh" and self.new is None

    @property
    def retained(self) -> bool:
        """Whether the engine forgets the old object rather than delete it."""
        options = self.resource.options
        return self.gone or (options is not None and options.retain_on_delete is True)


class Plan:
    """A plan's steps, each replacement as one.

    Args:
        steps: As the engine tells them.

    Attributes:
        steps: The steps, in the engine's order.
    """

    def __init__(self, steps: Iterable[PlanStep]) -> None:
        self.steps: Sequence[PlanStep] = _merged(steps)
        self._created: dict[str, list[Resource]] = defaultdict(list)
        for step in self.steps:
            if step.op in _CREATIONS:
                self._created[step.resource.kind].append(step.resource)

    def created(self, kind: str) -> Sequence[Resource]:
        """What the plan adds of a kind, replacements aside."""
        return self._created.get(kind, ())


def _merged(steps: Iterable[PlanStep]) -> list[PlanStep]:
    kept: dict[tuple[str, object], PlanStep] = {}
    for index, step in enumerate(steps):
        key = (step.resource.origin, None if step.replaces else index)
        before = kept.get(key)
        if before is None or REPLACEMENTS.index(step.op) < REPLACEMENTS.index(before.op):
            kept[key] = step
    return list(kept.values())
