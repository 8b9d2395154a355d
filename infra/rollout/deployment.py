"""How far a Deployment has come, and when its controller has given up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.rollout.finding import Confidence, Evidence, Finding
from infra.rollout.live import condition, mapping, name, number, text, uid
from infra.text import line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.manifests import Manifest

GIVEN_UP_S = 20.0
"""After a change the controller leaves an old "deadline exceeded" standing until the first progress."""


@dataclass(frozen=True)
class Progress:
    """A Deployment's replicas, counted by its controller."""

    desired: int
    updated: int
    ready: int
    available: int
    total: int
    observed: bool

    @property
    def complete(self) -> bool:
        """Whether every replica is of the newest template and available, and none is left of the old."""
        return self.observed and self.desired > 0 and self.updated == self.total == self.available == self.desired

    def __str__(self) -> str:
        """One line for a person."""
        if not self.observed:
            return "the controller has not seen the change yet"
        if self.desired == 0:
            return "scaled to 0 replicas"
        old = max(0, self.total - self.updated)
        return f"{self.updated} of {self.desired} updated, {self.available} available" + (f", {old} old" if old else "")


def progress(deployment: Manifest) -> Progress:
    """Count a Deployment's replicas; `replicas` is 1 where the API server would fill it in."""
    spec, status = mapping(deployment, "spec"), mapping(deployment, "status")
    return Progress(
        desired=number(spec, "replicas") if "replicas" in spec else 1,
        updated=number(status, "updatedReplicas"),
        ready=number(status, "readyReplicas"),
        available=number(status, "availableReplicas"),
        total=number(status, "replicas"),
        observed=number(status, "observedGeneration") >= number(deployment, "metadata", "generation") > 0,
    )


def findings(deployment: Manifest) -> Iterator[Finding]:
    """Yield that the controller has given up waiting for progress."""
    progressing = condition(deployment, "Progressing")
    if text(progressing, "status") != "False" or text(progressing, "reason") != "ProgressDeadlineExceeded":
        return
    said = line(text(progressing, "message"))
    yield Finding(
        key=f"{uid(deployment)}/deadline/{text(progressing, 'lastUpdateTime')}",
        reason="progress-deadline",
        message=f"no progress for {number(deployment, 'spec', 'progressDeadlineSeconds')} s: {said}",
        evidence=Evidence(f"Deployment/{name(deployment)}", "condition Progressing", said),
        confidence=Confidence.REPEATED,
        patience_s=GIVEN_UP_S,
    )
