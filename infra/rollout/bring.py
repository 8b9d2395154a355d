"""A release through the engine, for the API alone: the plan is judged, then carried out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from infra.engine import gate
from infra.rollout.target import API_COMPONENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infra.manifests.release import Release
    from infra.rollout.scene import Scene


class Judged(NamedTuple):
    """A plan that may be carried out.

    Attributes:
        plan: The engine's events, one JSON object on each line.
        said: The same in the engine's words.
    """

    plan: str
    said: list[str]


def judge(
    scene: Scene, release: Release, *, record: str = "", overrides: str = "", targets: Sequence[str] = (API_COMPONENT,)
) -> Judged:
    """What the engine would do for a release, policies included; nothing is touched.

    Args:
        scene: Where.
        release: What shall run.
        record: What its record says was declared for it; "" for what the settings declare.
        overrides: A merge patch of the overrides in force, JSON; "" keeps them.
        targets: What the engine may touch.

    Raises:
        PolicyViolation: The plan costs data, or breaks a rule.
        RezError: As the engine does.
    """
    said: list[str] = []
    plan = scene.engine.preview(str(release), list(targets), said.append, record=record, overrides=overrides)
    gate.refuse_plan(plan, stack=scene.stack, say=scene.say)
    return Judged(plan, [entry for entry in said if entry.strip()])


def bring(
    scene: Scene,
    release: Release,
    *,
    record: str = "",
    overrides: str = "",
    targets: Sequence[str] = (API_COMPONENT,),
) -> None:
    """Carry out a plan that was judged.

    Args:
        scene: Where.
        release: What shall run.
        record: As in `judge`.
        overrides: As in `judge`.
        targets: What the engine may touch.

    Raises:
        RezError: As the engine does.
    """
    scene.say(f"engine: bringing {scene.target.deployment} to {release.version} ({release.image})")
    scene.engine.up(
        str(release),
        list(targets),
        lambda said: scene.say(f"  {said}") if said.strip() else None,
        record=record,
        overrides=overrides,
        previewed=True,
        stamp=scene.lock.stamp(),
        stop=scene.lock.lost,
    )
