"""What earlier snapshots of a rollout showed; durations are by our own clock, so that skew cannot fool them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from infra.rollout.live import flag, number, objects, text, uid

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from infra.manifests import Manifest
    from infra.rollout.finding import Finding


@dataclass(frozen=True)
class Track:
    """The past of one container.

    Attributes:
        restarts_before: Restarts from before this rollout: those of a container that was ready at first sight.
        pull_failures: How many times pulling its image was seen to fail.
        pull_failing: Whether the last snapshot showed a failed pull.
    """

    restarts_before: int = 0
    pull_failures: int = 0
    pull_failing: bool = False


@dataclass(frozen=True)
class Memory:
    """The past of a rollout.

    Attributes:
        since: When each symptom began.
        tracks: What became of each container.
        due_s: The moment at which the next of the symptoms will have lasted for long enough.
    """

    since: Mapping[str, float] = field(default_factory=dict)
    tracks: Mapping[str, Track] = field(default_factory=dict)
    due_s: float = math.inf

    def observing(self, pods: Iterable[Manifest]) -> Memory:
        """This memory with the containers of one more snapshot."""
        tracks = dict(self.tracks)
        for pod in pods:
            for status in statuses(pod):
                key = container_key(pod, status)
                tracks[key] = _next(tracks.get(key), status)
        return replace(self, tracks=tracks)

    def noting(self, found: Sequence[Finding], at_s: float) -> Memory:
        """This memory with the symptoms of one more snapshot; those that are gone are forgotten."""
        since = {finding.key: self.since.get(finding.key, at_s) for finding in found}
        due = (since[finding.key] + finding.patience_s for finding in found)
        return replace(self, since=since, due_s=min((each for each in due if each > at_s), default=math.inf))

    def track(self, pod: Manifest, status: Manifest) -> Track:
        """The past of a container, as of the snapshot that was observed last."""
        return self.tracks.get(container_key(pod, status), Track())


def statuses(pod: Manifest) -> list[Manifest]:
    """The container statuses of a pod, its init containers first."""
    return [*objects(pod, "status", "initContainerStatuses"), *objects(pod, "status", "containerStatuses")]


def container_key(pod: Manifest, status: Manifest) -> str:
    """The same for the same container of the same pod in every snapshot."""
    return f"{uid(pod)}/{text(status, 'name')}"


def _next(past: Track | None, status: Manifest) -> Track:
    waiting = text(status, "state", "waiting", "reason")
    if past is None:
        past = Track(restarts_before=number(status, "restartCount") if flag(status, "ready") else 0)
    failing = waiting == "ErrImagePull"
    failures = past.pull_failures + (failing and not past.pull_failing)
    if waiting == "ImagePullBackOff":
        failures = max(failures, 1)
    return replace(past, pull_failures=failures, pull_failing=failing)
