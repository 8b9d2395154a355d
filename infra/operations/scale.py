"""`rez scale`: other bounds for the autoscaler for a while, which are its own again afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.errors import PreconditionError
from infra.operations.change import Change, patch
from infra.operations.overriding import facts
from infra.rollout import overrides, watch
from infra.rollout.live import number

if TYPE_CHECKING:
    from infra.manifests.overrides import Overrides
    from infra.rollout.overrides import Asked
    from infra.rollout.scene import Scene
    from infra.settings import Settings


def bounds(scene: Scene, settings: Settings, asked: Asked, *, least: int | None, most: int | None) -> Change:
    """Plan other bounds; the one that is not given is the declared one.

    Raises:
        PreconditionError: Neither is given, they are not the runbook's, or nothing runs.
    """
    if least is None and most is None:
        raise PreconditionError("scale: give --min, --max or both; or `rez scale pin [N]`, or `rez scale resume`")
    declared = settings.api.pods
    return _change(scene, settings, asked, (least or declared.min, most or declared.max))


def pin(scene: Scene, settings: Settings, asked: Asked, pods: int | None) -> Change:
    """Plan a fixed number of pods, which takes the autoscaler out without taking it away.

    Args:
        scene: Where.
        settings: The stack's settings as declared.
        asked: Who asks.
        pods: How many; None for as many as there are.

    Raises:
        PreconditionError: It is not within the runbook's bounds, or nothing runs.
    """
    if pods is None:
        pods = number(watch.read(scene.cluster, scene.target).deployment, "spec", "replicas")
    return _change(scene, settings, asked, (pods, pods))


def resume(scene: Scene, settings: Settings, reason: str) -> Change:
    """Plan the declared bounds.

    Raises:
        PreconditionError: Nothing runs.
    """
    release, current = facts(scene)
    declared, before = settings.api.pods, _before(scene, settings, current)
    return Change(
        kind="scale",
        release=release,
        what=f"{declared.min} to {declared.max} pods, as declared",
        before=before,
        reason=reason,
        patch=patch("scale", None),
        undo="",
        rolls=False,
        pods=range(declared.min, declared.max + 1),
        done=current.scale is None,
    )


def _change(scene: Scene, settings: Settings, asked: Asked, pods: tuple[int, int]) -> Change:
    scaled = overrides.scale(settings, pods, asked)
    release, current = facts(scene)
    return Change(
        kind="scale",
        release=release,
        what=overrides.words(scaled, asked.now),
        before=_before(scene, settings, current),
        reason=scaled.reason,
        patch=patch("scale", scaled),
        undo="",
        rolls=False,
        pods=range(scaled.pods.min, scaled.pods.max + 1),
    )


def _before(scene: Scene, settings: Settings, current: Overrides) -> str:
    if current.scale is not None:
        return overrides.words(current.scale, scene.now())
    return f"{settings.api.pods.min} to {settings.api.pods.max} pods, as declared"
