"""What the engine's plan says of the program: its inputs, and what waits to be brought in by it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infra.drift.fields import Path, without

if TYPE_CHECKING:
    from collections.abc import Collection

    from infra.manifests import Manifest

_NOT_THE_PROGRAM = frozenset({"refresh", "delete", "delete-replaced", "discard", "discard-replaced"})


def programs(text: str) -> dict[str, Manifest]:
    """What the program declares of each object, by URN.

    Args:
        text: A plan as the engine's events.

    Raises:
        ValueError: It is none.
    """
    from policies.inputs import preview

    steps = preview.read(text, "the engine's plan").steps
    return {
        step.new.origin: step.new.node.value
        for step in steps
        if step.new is not None and step.op not in _NOT_THE_PROGRAM
    }


def waits(declared: Manifest, program: Manifest, paths: Collection[Path]) -> bool:
    """Whether the program changes an object in more than the given fields.

    Args:
        declared: What the state keeps of the last update.
        program: What the program declares now.
        paths: The fields that may differ.
    """
    before, after = (without(_opaque(each), frozenset(paths)) for each in (declared, program))
    return bool(before != after)


def _opaque(value: Any) -> Any:
    """The value with one mark for each secret part: some plans hide a whole mapping, some each of its values."""
    from policies.objects.values import UNKNOWN, Secret

    if isinstance(value, Secret):
        return Secret(UNKNOWN)
    if isinstance(value, dict):
        inside = {key: _opaque(item) for key, item in value.items()}
        hidden = inside and all(isinstance(item, Secret) for item in inside.values())
        return Secret(UNKNOWN) if hidden else inside
    return [_opaque(item) for item in value] if isinstance(value, list) else value
