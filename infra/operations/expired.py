"""`rez overrides drop-expired`: what is over is declared no more; any other update would do the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.operations.change import Change
from infra.operations.overriding import facts
from infra.rollout import overrides

if TYPE_CHECKING:
    from infra.rollout.scene import Scene


def plan(scene: Scene) -> Change:
    """Plan to drop what is over.

    Raises:
        PreconditionError: Nothing runs.
    """
    release, current = facts(scene)
    now = scene.now()
    kinds = overrides.over(current, now)
    held = current.temporary()
    found = [overrides.words(held[kind], now) for kind in kinds or held]
    return Change(
        kind="overrides",
        release=release,
        what="as declared again",
        before="; ".join(found) or "none in force",
        reason="over",
        patch="",
        undo="",
        rolls="memory" in kinds,
        done=not kinds,
    )
