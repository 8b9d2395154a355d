"""What is wrong with a disruption budget: it blocks every drain, or cannot be worked out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.rollout.finding import Confidence, Evidence, Finding
from infra.rollout.live import condition, name, number, text, uid
from infra.text import line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.manifests import Manifest

SICK_S = 120.0
"""A rollout or a drain leaves too few healthy pods for as long as one takes to start."""


def findings(pdb: Manifest) -> Iterator[Finding]:
    """Yield what keeps a budget from letting a node be drained.

    Args:
        pdb: A live `policy/v1` PodDisruptionBudget.
    """
    allowed = condition(pdb, "DisruptionAllowed")
    if text(allowed, "reason") == "SyncFailed":
        said = line(text(allowed, "message"))
        yield _finding(pdb, "budget-unknown", f"cannot be worked out: {said}", Confidence.REPEATED, SICK_S)
        return
    expected, wanted = number(pdb, "status", "expectedPods"), number(pdb, "status", "desiredHealthy")
    healthy = number(pdb, "status", "currentHealthy")
    if not expected or number(pdb, "status", "disruptionsAllowed"):
        return
    if wanted >= expected:
        what = f"blocks every drain: it wants {wanted} of {expected} pods healthy"
        yield _finding(pdb, "drain-blocked", what, Confidence.TERMINAL, 0.0)
    elif healthy <= wanted:
        what = f"allows no disruption now: {healthy} of {expected} pods are healthy, {wanted} have to be"
        yield _finding(pdb, "too-few-healthy", what, Confidence.TRANSIENT, SICK_S)


def _finding(pdb: Manifest, reason: str, what: str, confidence: Confidence, patience_s: float) -> Finding:
    status = {key: number(pdb, "status", key) for key in ("expectedPods", "desiredHealthy", "currentHealthy")}
    return Finding(
        key=f"{uid(pdb)}/{reason}",
        reason=reason,
        message=f"the disruption budget {what}",
        evidence=Evidence(
            f"PodDisruptionBudget/{name(pdb)}", "status", ", ".join(f"{key} {count}" for key, count in status.items())
        ),
        confidence=confidence,
        patience_s=patience_s,
    )
