"""What a run tells of itself while it goes on: events, which the command line shows as it can. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.rollout.live import condition, name, text
from infra.rollout.memory import statuses
from infra.rollout.snapshot import leaving

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infra.manifests import Manifest
    from infra.rollout.snapshot import Snapshot

_ORDINARY = frozenset({"ContainerCreating", "PodInitializing"})


@dataclass(frozen=True)
class Planned:
    """The phases that the run goes through, in order."""

    phases: tuple[str, ...]


@dataclass(frozen=True)
class Entered:
    """A phase begins."""

    phase: str


@dataclass(frozen=True)
class Watched:
    """The pods at one moment.

    Attributes:
        pods: How many are in which state, of the new and of the old template.
        left_s: Seconds until there has to be a verdict.
    """

    pods: Mapping[str, Mapping[str, int]]
    left_s: float


Event = Planned | Entered | Watched


def pods_by_state(snapshot: Snapshot) -> dict[str, dict[str, int]]:
    """Count pods: `new` and `old` ones by what they are, the worst word that Kubernetes has for each."""
    newest = {name(pod) for pod in snapshot.pods_of(snapshot.newest())}
    found: dict[str, Counter[str]] = {"new": Counter(), "old": Counter()}
    for pod in snapshot.pods:
        found["new" if name(pod) in newest else "old"][_state(pod)] += 1
    return {group: dict(sorted(states.items())) for group, states in found.items() if states}


def _state(pod: Manifest) -> str:
    if leaving(pod):
        return "leaving"
    if text(condition(pod, "Ready"), "status") == "True":
        return "ready"
    reasons = [text(status, "state", "waiting", "reason") for status in statuses(pod)]
    stuck = next((reason for reason in reasons if reason and reason not in _ORDINARY), "")
    phase = text(pod, "status", "phase")
    return stuck or ("starting" if phase == "Running" else phase.lower() or "pending")
