"""`rez deploy`: refuse what cannot work, bring the release in, watch it, take it back when it is bad, record it.

It reads like its list of phases; `infra.rollout.run` tells what a phase is and how one is added.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from infra.engine import gate
from infra.rollout import failure, ledger, overrides
from infra.rollout import watch as watching
from infra.rollout.go_back import go_back
from infra.rollout.phases import bake, canary, preview, record, up, watch
from infra.rollout.releases import refuse_moved, resolve, running, runs_as_recorded
from infra.rollout.report import Report
from infra.rollout.run import Phase, Run, carry_out
from infra.rollout.settle import healthy_now
from infra.rollout.target import API_COMPONENT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infra.manifests import Manifest
    from infra.manifests.release import Release
    from infra.rollout.ledger import Record
    from infra.rollout.releases import Images
    from infra.rollout.report import Outcome
    from infra.rollout.scene import Scene

PHASES: Final = (
    Phase("preview", preview.phase),
    Phase("canary", canary.phase, canary.tidy),
    Phase("up", up.phase),
    Phase("watch", watch.phase),
    Phase("bake", bake.phase),
    Phase("record", record.deployed),
)
"""What a deploy does, in this order, once its preflight has let it pass."""


@dataclass(frozen=True)
class Plan:
    """What a deploy is going to do; made by reading alone.

    Attributes:
        release: What shall run.
        previous: What to go back to; None when nothing is known to have served.
        adopt: A healthy release that the ledger does not know yet, to be recorded first.
        done: The release serves already.
        template: What the Deployment made its pods from; a run that fails is rolled back only if it changed that.
        kept: What becomes of the overrides, line by line.
    """

    release: Release
    previous: Release | None
    adopt: Release | None
    done: bool
    template: Manifest
    kept: tuple[str, ...] = ()

    def lines(self, scene: Scene) -> list[str]:
        """The plan for a person."""
        version = self.release.version
        if self.done:
            return [f"{version} runs on {scene.stack} already and is healthy: nothing to do"]
        back = f"roll back to {self.previous.version}" if self.previous else "nothing to roll back to: exit code 11"
        return [
            f"deploy {version} on {scene.stack}",
            f"  image:   {self.release.image}",
            f"  canary:  {_canary_told(scene)}",
            f"  engine:  up, targeted at {API_COMPONENT}",
            *self.kept,
            f"  watch:   Deployment/{scene.target.deployment}, at most {scene.timeout_s:g} s",
            f"  bake:    {scene.settings.bake.duration_s} s, {scene.settings.bake.min_requests} requests or more",
            f"  if bad:  {back}",
            "  record:  one ConfigMap in the ledger",
        ]


def _canary_told(scene: Scene) -> str:
    settings = scene.settings.canary
    if not scene.canary:
        return "none"
    return (
        f"{settings.pods} for {settings.duration_s} s, {settings.min_requests} requests or more; "
        f"if inconclusive: {settings.on_inconclusive}"
    )


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
    snapshot = watching.read(scene.cluster, scene.target)
    current, overridden = running(scene)
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
        adopt=current if healthy and current and not _recorded(scene, current, history) else None,
        done=healthy and current == release and not runs_as_recorded(scene),
        template=failure.template(snapshot.deployment),
        kept=overrides.kept(overridden, scene.now()),
    )


def _recorded(scene: Scene, current: Release, history: list[Record]) -> bool:
    """Whether the ledger knows a release as it runs now: an update may have changed its settings since."""
    last = ledger.found(history, current) if current in ledger.good(history) else None
    return last is not None and scene.engine.rendered() in ("", last.rendered)


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
    run = Run("deploy", scene, plan.release, plan.previous, plan.template, scene.now())
    if plan.previous is None and not plan.done:
        scene.say("no earlier release is known to have served: this deploy cannot be rolled back by itself")
    try:
        if plan.adopt is not None:
            record.record(scene, plan.adopt, "deployed", "found serving", started=run.started)
        if plan.done:
            return _report(run, "unchanged", plan.release.version)
        if carry_out(run, PHASES).healthy:
            return _report(run, "deployed", plan.release.version)
        return _report(run, *go_back(run, run.settled))
    except KeyboardInterrupt:
        scene.say(
            f"interrupted: {plan.release.version} may be half rolled out, and nobody watches it now; go on with "
            f"`rez deploy {plan.release.version} --stack {scene.stack}`, or go back with `rez rollback`"
        )
        raise


def _report(run: Run, outcome: Outcome, serving: str) -> Report:
    settled = run.settled
    return Report(
        action="deploy",
        stack=run.scene.stack,
        release=run.release,
        previous=run.previous,
        outcome=outcome,
        reason="timeout" if settled.timed_out else settled.verdict.reason,
        message=settled.verdict.message,
        serving=serving,
        seconds=(run.scene.now() - run.started).total_seconds(),
        evidence=() if settled.healthy else tuple(str(evidence) for evidence in settled.verdict.evidence),
        logs=settled.logs,
    )
