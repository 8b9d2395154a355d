"""`rez deploy`: refuse what cannot work, bring the release in, watch it, take it back when it is bad, record it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.errors import Inconclusive, LockHeld, RezError, UnavailableError
from infra.rollout import failure, gate, ledger, watch
from infra.rollout.releases import current_release, refuse_moved, resolve
from infra.rollout.report import Report
from infra.rollout.snapshot import image
from infra.rollout.target import API_COMPONENT
from infra.rollout.transition import Scene, Settled, apply, healthy_now, record, settle
from infra.rollout.verdict import State, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from infra.manifests import Manifest
    from infra.manifests.release import Release
    from infra.rollout.ledger import Record
    from infra.rollout.releases import Images
    from infra.rollout.report import Outcome


@dataclass(frozen=True)
class Plan:
    """What a deploy is going to do; made by reading alone.

    Attributes:
        release: What shall run.
        previous: What to go back to; None when nothing is known to have served.
        adopt: A healthy release that the ledger does not know yet, to be recorded first.
        done: The release serves already.
        template: What the Deployment made its pods from; a run that fails is rolled back only if it changed that.
    """

    release: Release
    previous: Release | None
    adopt: Release | None
    done: bool
    template: Manifest

    def lines(self, scene: Scene) -> list[str]:
        """The plan for a person."""
        version = self.release.version
        if self.done:
            return [f"{version} runs on {scene.stack} already and is healthy: nothing to do"]
        back = f"roll back to {self.previous.version}" if self.previous else "nothing to roll back to: exit code 11"
        return [
            f"deploy {version} on {scene.stack}",
            f"  image:   {self.release.image}",
            f"  engine:  up, targeted at {API_COMPONENT}",
            f"  watch:   Deployment/{scene.target.deployment}, at most {scene.timeout_s:g} s",
            f"  if bad:  {back}",
            "  record:  one ConfigMap in the ledger",
        ]


def preflight(
    scene: Scene, text: str, *, known: Mapping[str, str], repository: str, images: Images | None = None
) -> Plan:
    """Read and validate everything that a deploy depends on; nothing is written.

    Args:
        scene: Where to deploy.
        text: The version, `v2` or `v2@sha256:…`.
        known: Images by version.
        repository: Of an image that is given by digest.
        images: Where versions are looked up, and their images vouched for; None where images come from this machine.

    Raises:
        PreconditionError: The version is unknown, or the stack was never brought up.
        PolicyViolation: The version is older than the one that runs, and the ledger does not know it; or it has become
            another image; or nobody trusted vouches for its image.
        UnavailableError: The cluster or the registry does not answer.
    """
    release = resolve(text, stack=scene.stack, known=known, repository=repository, images=images)
    snapshot = watch.read(scene.cluster, scene.target)
    current = current_release(scene)
    history = ledger.records(scene.cluster, scene.target.namespace)
    gate.refuse_release(
        release.version,
        running=current.version if current else "",
        known={record.version for record in history},
        stack=scene.stack,
        say=scene.say,
    )
    if images is not None:
        refuse_moved(release, history)
        images.verify(release)
    healthy = healthy_now(snapshot, current, scene.target.container)
    return Plan(
        release=release,
        previous=_way_back(release, current, history, healthy=healthy),
        adopt=current if healthy and current not in ledger.good(history) else None,
        done=healthy and current == release,
        template=failure.template(snapshot.deployment),
    )


def _way_back(release: Release, current: Release | None, history: list[Record], *, healthy: bool) -> Release | None:
    other = current if current != release else None
    return other if healthy and other else ledger.last_good(history, other_than=release) or other


def deploy(scene: Scene, plan: Plan) -> Report:
    """Carry a plan out.

    A second call after an interruption of any kind finishes what the first began.

    Raises:
        PolicyViolation: Nothing was touched.
        LockHeld: Nothing was touched.
        UnavailableError: The cluster went away; the same command is to be run again.
        Inconclusive: Somebody else changed the Deployment meanwhile; nothing is rolled back.
        RezError: The engine failed before the release was rolled out; nothing is recorded.
    """
    started = scene.now()
    if plan.previous is None and not plan.done:
        scene.say("no earlier release is known to have served: this deploy cannot be rolled back by itself")
    try:
        if plan.adopt is not None:
            record(scene, plan.adopt, "deployed", "found serving", started=started)
        if plan.done:
            return _report(scene, plan, "unchanged", _SERVES, plan.release.version, started)
        return _carry_out(scene, plan, started)
    except KeyboardInterrupt:
        scene.say(
            f"interrupted: {plan.release.version} may be half rolled out, and nobody watches it now; go on with "
            f"`rez deploy {plan.release.version} --stack {scene.stack}`, or go back with `rez rollback`"
        )
        raise


_SERVES = Settled(Verdict(State.HEALTHY, "complete", "it serves"))


def _carry_out(scene: Scene, plan: Plan, started: datetime) -> Report:
    try:
        apply(scene, plan.release)
    except failure.REFUSALS:
        raise
    except RezError as error:
        settled = _after_failure(scene, plan, error)
    else:
        settled = settle(scene, plan.release)
    if not settled.healthy:
        return _go_back(scene, plan, settled, started)
    record(scene, plan.release, "deployed", settled.verdict.message, started=started)
    return _report(scene, plan, "deployed", settled, plan.release.version, started)


def _after_failure(scene: Scene, plan: Plan, error: RezError) -> Settled:
    """The engine failed: go back only if this run has changed the Deployment, else leave it and the ledger alone."""
    live = watch.read(scene.cluster, scene.target).deployment
    if failure.template(live) != plan.template and image(live, scene.target.container) == plan.release.image:
        return failure.settled(error)
    scene.say(f"{plan.release.version} was not rolled out by this run: nothing is rolled back, nothing is recorded")
    raise error


def _go_back(scene: Scene, plan: Plan, bad: Settled, started: datetime) -> Report:
    reason = "no verdict before the deadline" if bad.timed_out else bad.verdict.reason
    scene.say(f"{plan.release.version} is bad: {reason}: {bad.verdict.message}")
    if plan.previous is None:
        record(scene, plan.release, "failed", reason, started=started)
        return _report(scene, plan, "failed", bad, "there is no earlier release to go back to", started)
    scene.say(f"rolling back to {plan.previous.version}")
    try:
        apply(scene, plan.previous)
        back = settle(scene, plan.previous)
    except (UnavailableError, LockHeld) as error:
        go_on = f"the rollback is not finished: run `rez rollback {plan.previous.version} --stack {scene.stack}`"
        scene.say(go_on)
        raise type(error)(f"{error}; {go_on}") from error
    except Inconclusive:
        record(scene, plan.release, "failed", f"{reason}; what came after it is somebody else's", started=started)
        raise
    except RezError as error:
        back = failure.settled(error)
    if not back.healthy:
        record(scene, plan.release, "failed", f"{reason}; rollback: {back.verdict.message}", started=started)
        return _report(
            scene, plan, "failed", bad, f"{plan.previous.version} does not come back: {back.verdict.message}", started
        )
    record(scene, plan.release, "rolled-back", f"{reason}: {bad.verdict.message}", started=started)
    return _report(scene, plan, "timed-out" if bad.timed_out else "rolled-back", bad, plan.previous.version, started)


def _report(  # noqa: PLR0913, PLR0917 - a report has that many parts
    scene: Scene, plan: Plan, outcome: Outcome, settled: Settled, serving: str, started: datetime
) -> Report:
    return Report(
        action="deploy",
        stack=scene.stack,
        release=plan.release,
        previous=plan.previous,
        outcome=outcome,
        reason="timeout" if settled.timed_out else settled.verdict.reason,
        message=settled.verdict.message,
        serving=serving,
        seconds=(scene.now() - started).total_seconds(),
        evidence=() if settled.healthy else tuple(str(evidence) for evidence in settled.verdict.evidence),
        logs=settled.logs,
    )
