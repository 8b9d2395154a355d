"""What is wrong with an autoscaler: it cannot read, cannot act, or wants more than it may."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.rollout.finding import Confidence, Evidence, Finding
from infra.rollout.live import condition, name, number, text, uid
from infra.text import line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.manifests import Manifest

BLIND_S = 120.0
"""New pods have no metrics for a minute or two, and an autoscaler with new pods alone reads nothing."""

ACT_S = 30.0
AT_MAX_S = 300.0


def findings(hpa: Manifest) -> Iterator[Finding]:
    """Yield what keeps an autoscaler from doing its work.

    Args:
        hpa: A live `autoscaling/v2` HorizontalPodAutoscaler.
    """
    active = condition(hpa, "ScalingActive")
    if text(active, "status") == "False" and text(active, "reason") != "ScalingDisabled":
        yield _finding(hpa, "ScalingActive", "cannot-scale", "cannot tell how many pods are needed", BLIND_S)
    if text(condition(hpa, "AbleToScale"), "status") == "False":
        yield _finding(hpa, "AbleToScale", "cannot-act", "cannot change the number of pods", ACT_S)
    if text(condition(hpa, "ScalingLimited"), "reason") == "TooManyReplicas":
        most = number(hpa, "spec", "maxReplicas")
        yield _finding(hpa, "ScalingLimited", "at-max", f"wants more than its {most} pods", AT_MAX_S)


def _finding(hpa: Manifest, kind: str, reason: str, what: str, patience_s: float) -> Finding:
    found = condition(hpa, kind)
    said = line(f"{text(found, 'reason')}: {text(found, 'message')}")
    return Finding(
        key=f"{uid(hpa)}/{reason}",
        reason=reason,
        message=f"the autoscaler {what}: {said}",
        evidence=Evidence(f"HorizontalPodAutoscaler/{name(hpa)}", f"condition {kind}", said),
        confidence=Confidence.THROTTLED if reason == "at-max" else Confidence.TRANSIENT,
        patience_s=patience_s,
    )
