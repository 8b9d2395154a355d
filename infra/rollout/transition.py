"""Bring a release in through the engine and watch the cluster until there is a verdict; deploys and rollbacks alike."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from infra.errors import Inconclusive, UnavailableError
from infra.rejection import ApiError
from infra.rollout import feed, gate, ledger, watch
from infra.rollout.ledger import Record
from infra.rollout.memory import Memory
from infra.rollout.snapshot import image
from infra.rollout.target import API_COMPONENT, Target
from infra.rollout.verdict import State, Verdict, judge
from infra.text import line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from infra.manifests.release import Release
    from infra.rollout.ledger import Outcome
    from infra.rollout.snapshot import Snapshot

LOG_LINES = 20


class Engine(Protocol):
    """The part of `infra.engine.Engine` that a rollout needs."""

    def up(
        self,
        release: str | None,
        targets: Sequence[str],
        on_line: Callable[[str], None] | None,
        gate: Callable[[str], None] | None,
    ) -> None:
        """Bring the stack to its program, unless the gate refuses the plan."""

    def preview(self, release: str | None, targets: Sequence[str], on_line: Callable[[str], None] | None) -> str:
        """Show what `up` would do, and give the plan."""

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs; empty when it has no state."""


class Cluster(feed.Source, ledger.Store, Protocol):
    """The part of `infra.cluster.Cluster` that a rollout needs."""

    def logs(self, namespace: str, pod: str, container: str, *, previous: bool = False, tail: int = 50) -> str:
        """The last lines of a container."""


@dataclass(frozen=True)
class Scene:
    """Who brings a release in, where to, and with what.

    Attributes:
        say: Told of the progress, one line at a time.
        timeout_s: How long a release may take to become healthy; an API server that is away takes nothing from it.
        by: Who does it, for the ledger.
        clock: Seconds that never go back.
        now: The present, UTC.
    """

    stack: str
    cluster: Cluster
    engine: Engine
    say: Callable[[str], None]
    timeout_s: float
    by: str
    target: Target = field(default_factory=Target)
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


@dataclass(frozen=True)
class Settled:
    """How a release turned out.

    Attributes:
        verdict: The last one.
        timed_out: It was still on its way at the deadline.
        logs: The last lines of the container that the verdict is about.
    """

    verdict: Verdict
    timed_out: bool = False
    logs: tuple[str, ...] = ()

    @property
    def healthy(self) -> bool:
        """Whether the release serves."""
        return self.verdict.state is State.HEALTHY


def apply(scene: Scene, release: Release) -> None:
    """Run the engine for a release, for the API alone.

    Raises:
        PolicyViolation: The plan costs data, or breaks a rule; nothing was touched.
        RezError: As the engine does; nothing is watched then.
    """
    scene.say(f"engine: bringing {scene.target.deployment} to {release.version} ({release.image})")
    scene.engine.up(
        str(release),
        [API_COMPONENT],
        lambda said: scene.say(f"  {said}") if said.strip() else None,
        lambda plan: gate.refuse_plan(plan, stack=scene.stack, say=scene.say),
    )


def preview(scene: Scene, release: Release) -> list[str]:
    """What the engine would do for a release, policies included; nothing is touched.

    Raises:
        PolicyViolation: The plan costs data, or breaks a rule.
        RezError: As the engine does.
    """
    said: list[str] = []
    plan = scene.engine.preview(str(release), [API_COMPONENT], said.append)
    gate.refuse_plan(plan, stack=scene.stack, say=scene.say)
    return [entry for entry in said if entry.strip()]


def settle(scene: Scene, release: Release) -> Settled:
    """Watch a release that the engine has applied until it is healthy, doomed or out of time.

    Raises:
        UnavailableError: The API server was away for too long.
        Inconclusive: Somebody else replaced the release meanwhile.
    """
    memory, verdict, told = Memory(), Verdict(State.PROGRESSING, "unobserved", "nothing was seen"), ""
    deadline = scene.clock() + scene.timeout_s
    with closing(watch.follow(scene.cluster, scene.target, say=scene.say, clock=scene.clock)) as moments:
        for at_s, snapshot in moments:
            if snapshot is not None:
                _refuse_other(snapshot, scene, release)
                verdict, memory = judge(snapshot, memory, at_s=at_s)
                if verdict.state is State.DEGRADED:
                    verdict, memory = _confirm(scene, memory, at_s)
                if verdict.message != told:
                    told = verdict.message
                    scene.say(f"{release.version}: {told}")
            if verdict.state is not State.PROGRESSING:
                break
            if at_s > deadline:
                return Settled(verdict, timed_out=True, logs=log_tail(scene, verdict))
    return Settled(verdict, logs=log_tail(scene, verdict))


def _confirm(scene: Scene, memory: Memory, at_s: float) -> tuple[Verdict, Memory]:
    """Judge once more by what is read afresh: a watch may lag, and a rollback must not rest on old news."""
    try:
        return judge(watch.read(scene.cluster, scene.target), memory, at_s=at_s)
    except UnavailableError as error:
        return Verdict(State.PROGRESSING, "unavailable", str(error)), memory


def _refuse_other(snapshot: Snapshot, scene: Scene, release: Release) -> None:
    runs = image(snapshot.deployment, scene.target.container)
    if snapshot.deployment is not None and runs != release.image:
        message = (
            f"Deployment/{scene.target.deployment} now names image {runs or 'none'} instead of {release.image}: "
            "somebody else changed it meanwhile, so nothing is rolled back; look with `rez status`, then deploy again"
        )
        raise Inconclusive(message)


def log_tail(scene: Scene, verdict: Verdict) -> tuple[str, ...]:
    """The last lines of the container that a bad verdict is about; none when they cannot be had."""
    about = next((found for found in verdict.evidence if found.container and found.about.startswith("Pod/")), None)
    if about is None or verdict.state is not State.DEGRADED:
        return ()
    for previous in (False, True):
        try:
            pod = about.about.removeprefix("Pod/")
            said = scene.cluster.logs(scene.target.namespace, pod, about.container, previous=previous, tail=LOG_LINES)
        except (ApiError, UnavailableError):
            continue
        if said.strip():
            return tuple(line(entry) for entry in said.strip().splitlines()[-LOG_LINES:])
    return ()


def record(scene: Scene, release: Release, outcome: Outcome, reason: str, *, started: datetime) -> None:
    """Write what became of a release into the ledger."""
    entry = Record(
        version=release.version,
        image=release.image,
        outcome=outcome,
        started=_stamp(started),
        finished=_stamp(scene.now()),
        by=scene.by,
        reason=line(reason),
    )
    ledger.add(scene.cluster, scene.target.namespace, entry)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def healthy_now(snapshot: Snapshot, release: Release | None, container: str) -> bool:
    """Whether exactly this release serves, complete."""
    if release is None or image(snapshot.deployment, container) != release.image:
        return False
    return judge(snapshot, Memory(), at_s=0.0)[0].state is State.HEALTHY
