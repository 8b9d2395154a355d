"""`rez memory`: a larger memory limit for a while, and the heap cap with it; the pods are made anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.operations.change import Change, patch
from infra.operations.overriding import facts
from infra.quantities import format_mib
from infra.rollout import overrides

if TYPE_CHECKING:
    from infra.manifests.overrides import Overrides
    from infra.rollout.overrides import Asked
    from infra.rollout.scene import Scene
    from infra.settings import Settings


def limit(scene: Scene, settings: Settings, asked: Asked, size: str) -> Change:
    """Plan a larger limit.

    Raises:
        PreconditionError: The size cannot be, or nothing runs.
    """
    larger = overrides.memory(settings, size, asked)
    release, current = facts(scene)
    return Change(
        kind="memory",
        release=release,
        what=overrides.words(larger, asked.now),
        before=_before(scene, settings, current),
        reason=larger.reason,
        patch=patch("memory", larger),
        undo=patch("memory", current.memory),
        rolls=True,
    )


def resume(scene: Scene, settings: Settings, reason: str) -> Change:
    """Plan the declared limit.

    Raises:
        PreconditionError: Nothing runs.
    """
    release, current = facts(scene)
    return Change(
        kind="memory",
        release=release,
        what=_declared(settings),
        before=_before(scene, settings, current),
        reason=reason,
        patch=patch("memory", None),
        undo=patch("memory", current.memory),
        rolls=True,
        done=current.memory is None,
    )


def _before(scene: Scene, settings: Settings, current: Overrides) -> str:
    return overrides.words(current.memory, scene.now()) if current.memory is not None else _declared(settings)


def _declared(settings: Settings) -> str:
    return f"memory limit {format_mib(settings.api.memory.limit_mib)}, as declared"
