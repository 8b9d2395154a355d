"""Watch a release until there is a verdict; deploys and rollbacks alike."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.errors import Inconclusive, UnavailableError
from infra.rejection import ApiError
from infra.rollout import watch
from infra.rollout.live import number
from infra.rollout.memory import Memory
from infra.rollout.progress import Watched, pods_by_state
from infra.rollout.snapshot import image
from infra.rollout.verdict import State, Verdict, judge
from infra.text import line

if TYPE_CHECKING:
    from infra.manifests.release import Release
    from infra.rollout.scene import Scene
    from infra.rollout.snapshot import Snapshot

LOG_LINES = 20


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


def settle(scene: Scene, release: Release, *, pods: range | None = None) -> Settled:
    """Watch a release that the engine has applied until it is healthy, doomed or out of time.

    Args:
        scene: Where.
        release: What shall run.
        pods: How many of it there have to be; None for whatever the autoscaler wants.

    Raises:
        UnavailableError: The API server was away for too long.
        Inconclusive: Somebody else replaced the release meanwhile.
        LockHeld: Somebody else took the lock over.
    """
    memory, verdict, told = Memory(), Verdict(State.PROGRESSING, "unobserved", "nothing was seen"), ""
    deadline = scene.clock() + scene.timeout_s
    following = watch.follow(scene.cluster, scene.target, say=scene.say, clock=scene.clock, due=lambda: memory.due_s)
    with closing(following) as moments:
        for at_s, snapshot in moments:
            scene.lock.check()
            if snapshot is not None:
                refuse_other(snapshot, scene, release)
                verdict, memory = judge(snapshot, memory, at_s=at_s)
                if pods is not None and verdict.state is State.HEALTHY:
                    verdict = _scaled(snapshot, pods, verdict)
                if verdict.state is State.DEGRADED:
                    verdict, memory = confirm(scene, memory, at_s)
                scene.show(Watched(pods_by_state(snapshot), deadline - at_s))
                if verdict.message != told:
                    told = verdict.message
                    scene.say(f"{release.version}: {told}")
            if verdict.state is not State.PROGRESSING:
                break
            if at_s > deadline:
                return Settled(verdict, timed_out=True, logs=log_tail(scene, verdict))
    return Settled(verdict, logs=log_tail(scene, verdict))


def _scaled(snapshot: Snapshot, pods: range, verdict: Verdict) -> Verdict:
    """The same verdict if the autoscaler has acted on its bounds already."""
    found = number(snapshot.deployment, "spec", "replicas")
    if found in pods:
        return verdict
    message = f"{found} pods; the autoscaler has not yet brought them to {pods.start} to {pods.stop - 1}"
    return Verdict(State.PROGRESSING, "autoscaler", message)


def confirm(scene: Scene, memory: Memory, at_s: float) -> tuple[Verdict, Memory]:
    """Judge once more by what is read afresh: a watch may lag, and a rollback must not rest on old news."""
    try:
        return judge(watch.read(scene.cluster, scene.target), memory, at_s=at_s)
    except UnavailableError as error:
        return Verdict(State.PROGRESSING, "unavailable", str(error)), memory


def refuse_other(snapshot: Snapshot, scene: Scene, release: Release) -> None:
    """Leave alone what somebody else has brought in.

    Raises:
        Inconclusive: The Deployment names another image than the release's.
    """
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


def healthy_now(snapshot: Snapshot, release: Release | None, container: str) -> bool:
    """Whether exactly this release serves, complete."""
    if release is None or image(snapshot.deployment, container) != release.image:
        return False
    return judge(snapshot, Memory(), at_s=0.0)[0].state is State.HEALTHY
