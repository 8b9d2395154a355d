"""The database's schema becomes the release's, by a Job from the release's own image; nothing else is touched."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from infra.errors import LockHeld, PreconditionError
from infra.manifests import migration as manifests
from infra.manifests.names import VERSION_LABEL
from infra.rejection import ApiError
from infra.rollout import contract, job, ledger, watch
from infra.rollout.live import objects, text, uid
from infra.rollout.memory import Memory
from infra.rollout.phases.provide import provide
from infra.rollout.phases.record import record
from infra.rollout.progress import Watched
from infra.rollout.settle import Settled, log_tail
from infra.rollout.verdict import State, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infra.manifests import Manifest
    from infra.manifests.migration import Class
    from infra.manifests.release import Release
    from infra.rollout.run import Run
    from infra.rollout.scene import Scene

_CONFLICT: Final = 409
_SUBJECT: Final = f"Job/{manifests.NAME}"


def class_of(release: Release, labels: Mapping[str, str]) -> Class:
    """What a release does to the schema, by its image's labels.

    Raises:
        PreconditionError: They say something unknown.
    """
    try:
        return manifests.class_of(labels)
    except ValueError as error:
        raise PreconditionError(f"{release.version} ({release.image}): {error}; build the image anew") from None


def phase(run: Run) -> Settled | None:
    """Migrate, or wait for the end of the same migration that an earlier run began.

    A run that is interrupted leaves the Job to its end: a schema that is half changed is worse than a changed one.

    Returns:
        None when the schema is the release's; a bad end otherwise.

    Raises:
        LockHeld: The migration of another release is running.
        UnavailableError: The API server was away for too long; the Job goes on.
    """
    if run.migration == "none":
        run.scene.say("no migration: the image declares none")
        return None
    verdict, logs = _watched(run.scene, _going_on(run) or _started(run))
    if verdict.state is State.HEALTHY:
        return None
    half = "" if run.migration == "expand" else "; the schema may be half contracted: the next release has to finish it"
    message = f"migration ({run.migration}): {verdict.message}{half}"
    return Settled(replace(verdict, reason=f"migration-{verdict.reason}", message=message), logs=logs)


def _going_on(run: Run) -> Manifest | None:
    """The Job of an earlier run; one that has ended is cleared away."""
    scene = run.scene
    live = _live(scene)
    if live is None:
        return None
    if job.has_ended(live):
        scene.cluster.delete("batch/v1", "Job", manifests.NAME, scene.target.namespace)
        return None
    images = {text(each, "image") for each in objects(live, "spec", "template", "spec", "containers")}
    if images != {run.release.image}:
        other = text(live, "metadata", "labels", VERSION_LABEL)
        raise LockHeld(
            f"{_SUBJECT}: the migration of {other} is still running; wait for its end, at most "
            f"{scene.settings.api.rollout.migration_timeout_s} s after its start, and run the same command again"
        )
    scene.say(f"migration: {_SUBJECT} of {run.release.version} is running already")
    return live


def _started(run: Run) -> Manifest:
    scene = run.scene
    template = manifests.migration(
        provide(run),
        version=run.release.version,
        image=run.release.image,
        timeout_s=scene.settings.api.rollout.migration_timeout_s,
    )
    if run.migration == "contract":
        _write_down(run)
    try:
        started = scene.cluster.create(template)
    except ApiError as error:
        if error.status == _CONFLICT:
            raise LockHeld(f"{_SUBJECT}: another migration has just begun; run the same command again") from error
        raise
    scene.say(f"migration: {run.migration}, {_SUBJECT} runs {' '.join(manifests.COMMAND)}")
    return started


def _write_down(run: Run) -> None:
    """Before it begins: from its first statement on there may be no way back."""
    known = contract.newest(ledger.records(run.scene.cluster, run.scene.target.namespace))
    if known is None or known.release != run.release:
        record(run.scene, run.release, "contracting", "its migration begins", started=run.started)


def _watched(scene: Scene, started: Manifest) -> tuple[Verdict, tuple[str, ...]]:
    """The end of the Job, and the last lines of its log; one that cannot start is taken away, or it might yet."""
    selector = f"batch.kubernetes.io/controller-uid={uid(started)}"
    own = replace(scene, target=replace(scene.target, selector=selector, job=manifests.NAME))
    memory, told, began_s = Memory(), "", scene.clock()
    following = watch.follow(scene.cluster, own.target, say=scene.say, clock=scene.clock, due=lambda: memory.due_s)
    with closing(following) as moments:
        for at_s, snapshot in moments:
            scene.lock.check()
            if snapshot is None:
                continue
            verdict, memory = job.assess(snapshot, memory, at_s=at_s)
            if verdict.state is State.DEGRADED:  # a watch may lag
                verdict, memory = job.assess(watch.read(scene.cluster, own.target), memory, at_s=at_s)
            left_s = began_s + scene.settings.api.rollout.migration_timeout_s - at_s
            scene.show(Watched({"migration": {verdict.reason: 1}}, left_s))
            if verdict.message != told:
                told = verdict.message
                scene.say(f"migration: {told}")
            if verdict.state is not State.PROGRESSING:
                break
    logs = log_tail(own, verdict)
    if (live := _live(scene)) is not None and not job.has_ended(live):
        scene.cluster.delete("batch/v1", "Job", manifests.NAME, scene.target.namespace)
    return verdict, logs


def _live(scene: Scene) -> Manifest | None:
    return scene.cluster.get("batch/v1", "Job", manifests.NAME, scene.target.namespace)
