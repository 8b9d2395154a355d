"""How far a StatefulSet has come, and when it is stuck behind one of its pods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.rollout.finding import Confidence, Evidence, Finding
from infra.rollout.live import mapping, name, number, text, uid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.manifests import Manifest

UNREADY_S = 300.0
"""Longer than a member of Redis takes to start, find its peers and copy its data."""


@dataclass(frozen=True)
class Progress:
    """A StatefulSet's replicas, counted by its controller."""

    desired: int
    updated: int
    ready: int
    observed: bool

    @property
    def complete(self) -> bool:
        """Whether every replica is of the newest template and ready."""
        return self.observed and self.updated == self.ready == self.desired

    def __str__(self) -> str:
        """One line for a person."""
        if not self.observed:
            return "the controller has not seen the change yet"
        return f"{self.updated} of {self.desired} updated, {self.ready} ready"


def progress(live: Manifest) -> Progress:
    """Count a StatefulSet's replicas; `replicas` is 1 where the API server would fill it in."""
    spec, status = mapping(live, "spec"), mapping(live, "status")
    desired = number(spec, "replicas") if "replicas" in spec else 1
    same = text(status, "currentRevision") == text(status, "updateRevision")
    return Progress(
        desired=desired,
        updated=number(status, "replicas") if same else number(status, "updatedReplicas"),
        ready=number(status, "readyReplicas"),
        observed=number(status, "observedGeneration") >= number(live, "metadata", "generation") > 0,
    )


def findings(live: Manifest) -> Iterator[Finding]:
    """Yield that pods are missing: it brings them one after the other, and waits for each.

    Args:
        live: A live `apps/v1` StatefulSet.
    """
    found = progress(live)
    if not found.observed or found.complete:
        return
    yield Finding(
        key=f"{uid(live)}/{found.updated}/{found.ready}",  # any progress starts the clock again
        reason="members-missing",
        message=f"StatefulSet {name(live)} is not whole: {found}",
        evidence=Evidence(f"StatefulSet/{name(live)}", "status", str(found)),
        confidence=Confidence.THROTTLED,
        patience_s=UNREADY_S,
    )
