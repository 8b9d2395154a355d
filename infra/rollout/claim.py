"""What is wrong with a claim for storage: its volume is lost, or none is found for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.rollout.finding import Confidence, Evidence, Finding
from infra.rollout.live import name, number, text, uid
from infra.text import line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from infra.manifests import Manifest

UNBOUND_S = 60.0
REFUSALS = 3
_WAITING = "WaitForFirstConsumer"


def findings(claim: Manifest, events: Sequence[Manifest]) -> Iterator[Finding]:
    """Yield why a claim holds nothing.

    Args:
        claim: A live PersistentVolumeClaim.
        events: The events about it, oldest first.
    """
    phase = text(claim, "status", "phase")
    if phase == "Lost":
        yield _finding(claim, "claim-lost", "its volume is gone", Confidence.TERMINAL)
    if phase != "Pending":
        return
    last = events[-1] if events else {}
    if text(last, "reason") == _WAITING:
        return  # a claim that nobody uses yet is not sick
    said = line(text(last, "message")) or "no volume was found for it"
    if text(last, "reason") == "ProvisioningFailed":
        seen = sum(max(1, number(event, "count")) for event in events if text(event, "reason") == "ProvisioningFailed")
        yield _finding(claim, "claim-refused", said, Confidence.REPEATED, seen=seen, needed=REFUSALS)
    else:
        yield _finding(claim, "claim-unbound", said, Confidence.THROTTLED, patience_s=UNBOUND_S)


def _finding(  # noqa: PLR0913 - the parts of a finding
    claim: Manifest,
    reason: str,
    said: str,
    confidence: Confidence,
    *,
    seen: int = 1,
    needed: int = 1,
    patience_s: float = 0.0,
) -> Finding:
    return Finding(
        key=f"{uid(claim)}/{reason}",
        reason=reason,
        message=f"claim {name(claim)} holds no storage: {said}",
        evidence=Evidence(f"PersistentVolumeClaim/{name(claim)}", "status.phase", text(claim, "status", "phase")),
        confidence=confidence,
        seen=seen,
        needed=needed,
        patience_s=patience_s,
    )
