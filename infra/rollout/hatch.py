"""`rez rollback --escape-hatch`: back to a release without the engine, when that is what is broken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from infra.errors import PreconditionError
from infra.manifests.names import FIELD_MANAGER
from infra.manifests.release import Release
from infra.rollout import failure, ledger, left, watch
from infra.rollout.deploy import PHASES as DEPLOY
from infra.rollout.held import held
from infra.rollout.phases import apply
from infra.rollout.phases import record as recording
from infra.rollout.phases import watch as watching
from infra.rollout.rollback import choose, parsed, refuse_changed, reported
from infra.rollout.run import Phase, Run, carry_out, tidy
from infra.rollout.snapshot import image, version

if TYPE_CHECKING:
    from infra.manifests import Manifest
    from infra.rollout.ledger import Record
    from infra.rollout.report import Report
    from infra.rollout.scene import Scene

PHASES: Final = (
    Phase("apply", apply.phase, rolls_out=True),
    Phase("watch", watching.phase),
    Phase("record", recording.rolled_back_by_hand),
)
"""What it does, in this order, once its preflight has let it pass."""


@dataclass(frozen=True)
class Plan:
    """What is going to be done; made by reading the cluster alone.

    Attributes:
        record: The ledger's record of what shall run again.
        current: What the live Deployment runs.
        template: What it makes its pods from.
        asked: The version that was asked for.
    """

    record: Record
    current: Release
    template: Manifest
    asked: str | None

    def lines(self, scene: Scene) -> list[str]:
        """The plan for a person."""
        to = self.record.version
        return [
            f"roll back from {self.current.version} to {to} on {scene.stack}, past the engine",
            f"  image:   {self.record.image}",
            f"  as in:   record {self.record.number} of {self.record.finished}; secrets are those that serve",
            f"  apply:   Deployment/{scene.target.deployment}, by server-side apply as {FIELD_MANAGER}; overrides end",
            f"  watch:   Deployment/{scene.target.deployment}, at most {scene.timeout_s:g} s",
            "  record:  the ledger",
            f"  then:    {way_back(scene, to)}",
        ]


def way_back(scene: Scene, to: str) -> str:
    """How the engine learns of it."""
    return (
        "the stack's state does not know of this: let nothing else of the engine run before, once it works again, "
        f"`rez rollback {to} --stack {scene.stack}`, which brings the state to what serves"
    )


def preflight(scene: Scene, asked: str | None) -> Plan:
    """Read and validate everything that is needed; nothing is written, and the engine is not asked.

    Args:
        scene: Where to roll back.
        asked: A version that served; the last good one other than what runs when absent.

    Raises:
        PreconditionError: There is no Deployment, the ledger knows no such release, or not how it was declared.
        PolicyViolation: The record was changed after it was written.
        UnavailableError: The cluster does not answer.
    """
    live = watch.read(scene.cluster, scene.target).deployment
    if live is None:
        raise PreconditionError(
            f"Deployment/{scene.target.deployment}: there is none in {scene.target.namespace}, and this makes none; "
            f"bring the stack up: rez pulumi up --stack {scene.stack}"
        )
    current = Release(version(live), image(live, scene.target.container))
    record = choose(ledger.records(scene.cluster, scene.target.namespace), asked, current=current)
    refuse_changed(record)
    if not record.rendered:
        raise PreconditionError(
            f"record {record.number} of the ledger, {record.version}: does not hold what was declared for it; name "
            "another release"
        )
    parsed(record.rendered, record.release, record)
    return Plan(record, current, failure.template(live), asked)


def rollback(scene: Scene, plan: Plan, *, wait_s: float = 0.0) -> Report:
    """Carry a plan out, while no other run does.

    Args:
        scene: Where to roll back.
        plan: From `preflight`, which is made once more under the lock.
        wait_s: How long to wait for another run.

    Raises:
        LockHeld: Somebody else deploys.
        UnavailableError: The cluster went away; the same command is to be run again.
        Inconclusive: Somebody else changed the Deployment meanwhile.
        RezError: The API server refuses what the record says.
    """
    with held(scene, wait_s=wait_s) as alone:
        return _rollback(alone, preflight(alone, plan.asked))


def _rollback(scene: Scene, plan: Plan) -> Report:
    before = left.read(scene)
    release, rendered = plan.record.release, plan.record.rendered
    unfinished = before.touching if before else None
    run = Run("rollback", scene, release, plan.current, plan.template, scene.now(), rendered, left=unfinished)
    with run.journalled():
        if before is not None:
            scene.say(left.told(before, release))
            tidy(scene, DEPLOY)
        settled = carry_out(run, PHASES)
        if not settled.healthy:
            recording.record(scene, release, "failed", f"escape hatch: {settled.verdict.message}", started=run.started)
        else:
            scene.say(way_back(scene, release.version))
        return reported(run, "deployed" if settled.healthy else "failed")
