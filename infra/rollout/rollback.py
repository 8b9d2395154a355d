"""`rez rollback`: back to a release that the ledger knows to have served, through the engine, watched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from infra.errors import PolicyViolation, PreconditionError, UnavailableError
from infra.manifests.rendered import Rendered
from infra.rollout import contract, failure, ledger, left, overrides
from infra.rollout import watch as watching
from infra.rollout.deploy import PHASES as DEPLOY
from infra.rollout.held import held
from infra.rollout.phases import preview, up, watch
from infra.rollout.phases import record as recording
from infra.rollout.record import sealed
from infra.rollout.releases import running
from infra.rollout.report import Report
from infra.rollout.run import Phase, Run, carry_out, tidy
from infra.rollout.settle import healthy_now
from infra.rollout.target import API_COMPONENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infra.manifests import Manifest
    from infra.manifests.release import Release
    from infra.rollout.journal import Entry
    from infra.rollout.ledger import Record
    from infra.rollout.report import Outcome
    from infra.rollout.scene import Scene

PHASES: Final = (
    Phase("preview", preview.phase),
    Phase("up", up.phase, rolls_out=True),
    Phase("watch", watch.phase),
    Phase("record", recording.rolled_back),
)
"""What a rollback does, in this order, once its preflight has let it pass."""


@dataclass(frozen=True)
class Plan:
    """What a rollback is going to do; made by reading alone.

    Attributes:
        record: The ledger's record of what shall run again.
        current: What the stack's state names now.
        done: The release serves already.
        template: What the Deployment made its pods from.
        kept: What becomes of the overrides, line by line.
        differs: What the record says otherwise than what runs now.
        asked: The version that was asked for.
        left: What a run before it was doing when it was killed.
    """

    record: Record
    current: Release | None
    done: bool
    template: Manifest
    kept: tuple[str, ...] = ()
    differs: tuple[str, ...] = ()
    asked: str | None = None
    left: Entry | None = None

    @property
    def release(self) -> Release:
        """What shall run again."""
        return self.record.release

    def lines(self, scene: Scene) -> list[str]:
        """The plan for a person."""
        if self.done:
            return [f"{self.release.version} runs on {scene.stack} already and is healthy: nothing to do"]
        before = self.current.version if self.current else "nothing"
        return [
            f"roll back from {before} to {self.release.version} on {scene.stack}",
            f"  image:   {self.release.image}",
            f"  as in:   {self._source()}; secrets are today's",
            *(f"  differs: {each}" for each in self.differs),
            f"  engine:  up, targeted at {API_COMPONENT}",
            *self.kept,
            f"  watch:   Deployment/{scene.target.deployment}, at most {scene.timeout_s:g} s",
            "  record:  the ledger",
        ]

    def _source(self) -> str:
        record = f"record {self.record.number} of {self.record.finished}"
        return record if self.record.rendered else f"the settings: {record} does not hold what was declared then"


def preflight(scene: Scene, version: str | None) -> Plan:
    """Read and validate everything that a rollback depends on; nothing is written.

    Args:
        scene: Where to roll back.
        version: A version that served; the last good one when absent.

    Raises:
        PreconditionError: The ledger knows no such release.
        UnavailableError: The cluster does not answer.
    """
    snapshot = watching.read(scene.cluster, scene.target)
    entry = left.read(scene)
    unfinished = entry.touching if entry else None
    named, overridden = running(scene)
    current = _brought_in(unfinished) if unfinished else named
    history = ledger.records(scene.cluster, scene.target.namespace)
    way_back = _way_back(entry) if version is None else None
    if way_back and contract.past(history, way_back):
        way_back = None
    record = (ledger.found(history, way_back) if way_back else None) or choose(history, version, current=current)
    refuse_changed(record)
    rendered = scene.engine.rendered()
    same = record.release == current and record.rendered in ("", rendered)
    return Plan(
        record,
        current,
        done=same and unfinished is None and healthy_now(snapshot, current, scene.target.container),
        template=failure.template(snapshot.deployment),
        kept=overrides.kept(overridden, scene.now()),
        differs=() if unfinished else differences(record, rendered, named),
        asked=version,
        left=entry,
    )


def _brought_in(unfinished: Entry) -> Release | None:
    """The release that a killed run leaves half rolled out, or half taken back."""
    return unfinished.release if unfinished.action == "deploy" else unfinished.previous


def _way_back(entry: Entry | None) -> Release | None:
    """What a killed run would have come to: the end of its rollback, or what its deploy began from."""
    if entry is None or entry.change:
        return None
    return entry.previous if entry.action == "deploy" else entry.release


def refuse_changed(record: Record) -> None:
    """Refuse a record that is not as it was written: what it says would run with the API's secrets.

    Raises:
        PolicyViolation: It was changed.
    """
    if record.rendered and sealed(record).hash != record.hash:
        raise PolicyViolation(
            f"record {record.number} of the ledger, {record.version}: was changed after it was written; see "
            "`rez history verify`, and name another release"
        )


def differences(record: Record, rendered: str, current: Release | None) -> tuple[str, ...]:
    """What a record says otherwise than what runs; none where either is not known.

    Args:
        record: The record.
        rendered: What was declared for the release that runs.
        current: That release.

    Raises:
        PreconditionError: The record is not readable.
    """
    if not record.rendered or not rendered or current is None:
        return ()
    then, now = parsed(record.rendered, record.release, record), parsed(rendered, current, record)
    return tuple(then.differences(now))


def parsed(rendered: str, release: Release, record: Record) -> Rendered:
    """What was declared for a release.

    Raises:
        PreconditionError: It is not readable; the record that was to be gone back to is named.
    """
    try:
        return Rendered.parse(rendered, release)
    except ValueError as error:
        message = f"record {record.number} of the ledger, {record.version}: {error}; name another release"
        raise PreconditionError(message) from None


def choose(history: Sequence[Record], version: str | None, *, current: Release | None) -> Record:
    """Find the release to go back to: its newest record that says it served.

    Raises:
        PreconditionError: There is none, and the known ones are listed; or a contracting migration has left it behind.
    """
    good = ledger.good(history)
    if version is None:
        found = ledger.last_good(history, other_than=current)
    else:
        found = next((release for release in good if release.version == version), None)
    beyond = found or next((release for release in good if release != current), None)
    if left_behind := beyond and contract.past(history, beyond):
        wanted = beyond.version if beyond else ""
        raise PreconditionError(f"rollback to {wanted}: {contract.told(left_behind)}")
    record = ledger.found(history, found) if found else None
    if record is None:
        wanted = version or f"a release other than {current.version if current else 'none'}"
        known = ", ".join(release.version for release in good) or "none"
        message = f"rollback to {wanted}: the ledger does not know that it served; known good releases: {known}"
        raise PreconditionError(message)
    return record


def rollback(scene: Scene, plan: Plan, *, wait_s: float = 0.0) -> Report:
    """Carry a plan out, while no other run does.

    An engine that fails is a failed rollback if it has changed the Deployment, or if too few pods serve; the ledger is
    left alone then, so that the same release can be gone back to again.

    Args:
        scene: Where to roll back.
        plan: From `preflight`, which is made once more under the lock.
        wait_s: How long to wait for another run.

    Raises:
        LockHeld: Somebody else deploys: nothing was touched, or what this run was doing is somebody else's now.
        UnavailableError: The cluster went away; the same command is to be run again.
        Inconclusive: Somebody else changed the Deployment meanwhile.
        RezError: The engine failed, changed nothing, and what served before still serves.
    """
    with held(scene, wait_s=wait_s) as alone:
        return _rollback(alone, preflight(alone, plan.asked))


def _rollback(scene: Scene, plan: Plan) -> Report:
    rendered, unfinished = plan.record.rendered, plan.left.touching if plan.left else None
    run = Run("rollback", scene, plan.release, plan.current, plan.template, scene.now(), rendered, left=unfinished)
    if plan.left is not None:
        scene.say(left.told(plan.left, plan.release))
    try:
        with run.journalled():
            if plan.left is not None:
                tidy(scene, DEPLOY)
            if plan.done:
                return reported(run, "unchanged")
            return _carry_out(run)
    except (KeyboardInterrupt, UnavailableError):
        scene.say(
            f"the rollback is not finished: go on with `rez rollback {plan.release.version} --stack {scene.stack}`"
        )
        raise


def _carry_out(run: Run) -> Report:
    settled = carry_out(run, PHASES)
    if settled.healthy:
        return reported(run, "deployed")
    if run.step != "up":
        recording.record(run.scene, run.release, "failed", f"rollback: {settled.verdict.message}", started=run.started)
    return reported(run, "failed")


def reported(run: Run, outcome: Outcome) -> Report:
    """How a rollback ended."""
    settled, version = run.settled, run.release.version
    return Report(
        action="rollback",
        stack=run.scene.stack,
        release=run.release,
        previous=run.previous,
        outcome=outcome,
        reason="timeout" if settled.timed_out else settled.verdict.reason,
        message="it serves" if settled.healthy else settled.verdict.message,
        serving=version if settled.healthy else f"{version} does not come back",
        seconds=run.seconds,
        evidence=() if settled.healthy else tuple(str(evidence) for evidence in settled.verdict.evidence),
        logs=() if settled.healthy else settled.logs,
    )
