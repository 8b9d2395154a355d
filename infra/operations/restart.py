"""`rez restart`: all pods anew, one after the other, watched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.operations.change import Change, patch
from infra.operations.overriding import facts
from infra.rollout import overrides

if TYPE_CHECKING:
    from infra.rollout.overrides import Asked
    from infra.rollout.scene import Scene


def plan(scene: Scene, asked: Asked) -> Change:
    """Plan a rolling restart.

    Raises:
        PreconditionError: There is no reason, or nothing runs.
    """
    restart = overrides.restart(asked)
    release, current = facts(scene)
    before = (
        f"the pods of the restart at {current.restart.at.isoformat()}" if current.restart else "the pods as they are"
    )
    return Change(
        kind="restart",
        release=release,
        what="every pod anew, none of them missed",
        before=before,
        reason=restart.reason,
        patch=patch("restart", restart),
        undo=patch("restart", current.restart),
        rolls=True,
    )
