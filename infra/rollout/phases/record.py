"""What became of a release, written into the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.errors import RezError
from infra.rollout import ledger
from infra.rollout.ledger import Record
from infra.text import line, timestamp

if TYPE_CHECKING:
    from datetime import datetime

    from infra.manifests.release import Release
    from infra.rollout.ledger import Outcome
    from infra.rollout.run import Run
    from infra.rollout.scene import Scene


def deployed(run: Run) -> None:
    """The release of a deploy serves."""
    record(run.scene, run.release, "deployed", run.settled.verdict.message, started=run.started)


def rolled_back(run: Run) -> None:
    """The release of a rollback serves again, in place of another."""
    if run.previous is not None and run.previous != run.release:
        record(run.scene, run.previous, "rolled-back", f"rolled back to {run.release.version}", started=run.started)
    record(run.scene, run.release, "deployed", "rollback", started=run.started)


def rolled_back_by_hand(run: Run) -> None:
    """The same where the engine was left out, and knows nothing of it."""
    how = "by the escape hatch"
    if run.previous is not None and run.previous != run.release:
        reason = f"rolled back to {run.release.version} {how}"
        record(run.scene, run.previous, "rolled-back", reason, started=run.started)
    record(run.scene, run.release, "deployed", f"rollback {how}", started=run.started, rendered=run.record)


def record(  # noqa: PLR0913 - what a record says
    scene: Scene, release: Release, outcome: Outcome, reason: str, *, started: datetime, rendered: str = ""
) -> None:
    """Write one record; of a release that serves it says what was declared for it.

    One that a killed run has written already stays alone.

    Args:
        scene: Where.
        release: What it is about.
        outcome: What became of it.
        reason: Why.
        started: When the run began.
        rendered: What was declared; "" for what the engine's state says.
    """
    entry = Record(
        version=release.version,
        image=release.image,
        outcome=outcome,
        started=timestamp(started),
        finished=timestamp(scene.now()),
        by=scene.by,
        reason=line(reason),
        rendered=(rendered or _rendered(scene)) if outcome == "deployed" else "",
    )
    if any(_same(each, entry) for each in ledger.records(scene.cluster, scene.target.namespace)):
        return
    ledger.add(scene.cluster, scene.target.namespace, entry)


def _same(one: Record, other: Record) -> bool:
    return all(getattr(one, key) == getattr(other, key) for key in ("release", "outcome", "started", "rendered"))


def _rendered(scene: Scene) -> str:
    """What was declared; a release that serves is recorded without it rather than not at all."""
    try:
        return scene.engine.rendered()
    except RezError as error:
        scene.say(f"the record does not say what was declared, so a rollback to it goes by the settings: {error}")
        return ""
