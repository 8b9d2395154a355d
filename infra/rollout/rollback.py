"""`rez rollback`: back to a release that the ledger knows to have served, through the engine, watched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.errors import PreconditionError, RezError, UnavailableError
from infra.rollout import failure, ledger, watch
from infra.rollout.releases import current_release
from infra.rollout.report import Report
from infra.rollout.target import API_COMPONENT
from infra.rollout.transition import Scene, Settled, apply, healthy_now, record, settle

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from infra.manifests import Manifest
    from infra.manifests.release import Release
    from infra.rollout.ledger import Record


@dataclass(frozen=True)
class Plan:
    """What a rollback is going to do; made by reading alone.

    Attributes:
        release: What shall run again.
        current: What the stack's state names now.
        done: The release serves already.
        template: What the Deployment made its pods from.
    """

    release: Release
    current: Release | None
    done: bool
    template: Manifest

    def lines(self, scene: Scene) -> list[str]:
        """The plan for a person."""
        if self.done:
            return [f"{self.release.version} runs on {scene.stack} already and is healthy: nothing to do"]
        before = self.current.version if self.current else "nothing"
        return [
            f"roll back from {before} to {self.release.version} on {scene.stack}",
            f"  image:   {self.release.image}",
            f"  engine:  up, targeted at {API_COMPONENT}",
            f"  watch:   Deployment/{scene.target.deployment}, at most {scene.timeout_s:g} s",
            "  record:  the ledger",
        ]


def preflight(scene: Scene, version: str | None) -> Plan:
    """Read and validate everything that a rollback depends on; nothing is written.

    Args:
        scene: Where to roll back.
        version: A version that served; the last good one when absent.

    Raises:
        PreconditionError: The ledger knows no such release.
        UnavailableError: The cluster does not answer.
    """
    snapshot = watch.read(scene.cluster, scene.target)
    current = current_release(scene)
    history = ledger.records(scene.cluster, scene.target.namespace)
    release = choose(history, version, current=current)
    done = release == current and healthy_now(snapshot, current, scene.target.container)
    return Plan(release, current, done=done, template=failure.template(snapshot.deployment))


def choose(history: Sequence[Record], version: str | None, *, current: Release | None) -> Release:
    """Find the release to go back to.

    Raises:
        PreconditionError: There is none; the known ones are listed.
    """
    good = ledger.good(history)
    if version is None:
        found = ledger.last_good(history, other_than=current)
    else:
        found = next((release for release in good if release.version == version), None)
    if found is None:
        wanted = version or f"a release other than {current.version if current else 'none'}"
        known = ", ".join(release.version for release in good) or "none"
        message = f"rollback to {wanted}: the ledger does not know that it served; known good releases: {known}"
        raise PreconditionError(message)
    return found


def rollback(scene: Scene, plan: Plan) -> Report:
    """Carry a plan out.

    An engine that fails is a failed rollback if it has changed the Deployment, or if too few pods serve; the ledger is
    left alone then, so that the same release can be gone back to again.

    Raises:
        UnavailableError: The cluster went away; the same command is to be run again.
        Inconclusive: Somebody else changed the Deployment meanwhile.
        RezError: The engine failed, changed nothing, and what served before still serves.
    """
    started = scene.now()
    if plan.done:
        return _report(scene, plan, None, started)
    try:
        return _carry_out(scene, plan, started)
    except (KeyboardInterrupt, UnavailableError):
        scene.say(
            f"the rollback is not finished: go on with `rez rollback {plan.release.version} --stack {scene.stack}`"
        )
        raise


def _carry_out(scene: Scene, plan: Plan, started: datetime) -> Report:
    try:
        apply(scene, plan.release)
    except failure.REFUSALS:
        raise
    except RezError as error:
        return _report(scene, plan, _after_failure(scene, plan, error), started)
    settled = settle(scene, plan.release)
    if settled.healthy:
        if plan.current is not None and plan.current != plan.release:
            record(scene, plan.current, "rolled-back", f"rolled back to {plan.release.version}", started=started)
        record(scene, plan.release, "deployed", "rollback", started=started)
    else:
        record(scene, plan.release, "failed", f"rollback: {settled.verdict.message}", started=started)
    return _report(scene, plan, settled, started)


def _after_failure(scene: Scene, plan: Plan, error: RezError) -> Settled:
    live = watch.read(scene.cluster, scene.target).deployment
    if failure.template(live) != plan.template or not failure.available(live):
        return failure.settled(error)
    scene.say("nothing was changed: what served before still serves")
    raise error


def _report(scene: Scene, plan: Plan, settled: Settled | None, started: datetime) -> Report:
    version = plan.release.version
    healthy = settled is None or settled.healthy
    return Report(
        action="rollback",
        stack=scene.stack,
        release=plan.release,
        previous=plan.current,
        outcome="unchanged" if settled is None else "deployed" if healthy else "failed",
        reason="complete" if settled is None else "timeout" if settled.timed_out else settled.verdict.reason,
        message="it serves" if settled is None else settled.verdict.message,
        serving=version if healthy else f"{version} does not come back",
        seconds=(scene.now() - started).total_seconds(),
        evidence=() if settled is None or healthy else tuple(str(evidence) for evidence in settled.verdict.evidence),
        logs=() if settled is None else settled.logs,
    )
