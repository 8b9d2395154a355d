"""What a failed pull of an image means: gone, denied, or only a registry with hiccups."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from infra.rollout.finding import Confidence, Evidence, Finding
from infra.rollout.live import name, number, text
from infra.rollout.memory import container_key
from infra.text import line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infra.manifests import Manifest
    from infra.rollout.memory import Track

PULL_ATTEMPTS = 2
"""A registry that says "not found" or "denied" twice to the same pod means it."""

FLAKY_PULL_ATTEMPTS = 4
FLAKY_PULL_S = 60.0

_WORDS = {
    "image-not-found": "was not found in its registry",
    "image-pull-denied": "may not be pulled by this cluster",
    "image-pull-failing": "cannot be pulled",
}

_NETWORK = re.compile(
    r"dial tcp|i/o timeout|timed? ?out|TLS handshake|connection re(?:fused|set)|no such host|\b5\d\d\b|\b429\b"
    r"|toomanyrequests|unexpected EOF|deadline exceeded",
    re.IGNORECASE,
)
_DENIED = re.compile(r"denied|unauthori[sz]ed|forbidden|authorization failed|insufficient_scope", re.IGNORECASE)
_ABSENT = re.compile(r"not ?found|manifest unknown|name unknown|does not exist", re.IGNORECASE)


def finding(pod: Manifest, status: Manifest, track: Track, events: Sequence[Manifest]) -> Finding:
    """Say what a container's failed pull means; one failure alone dooms nothing."""
    failed = [event for event in events if _is_pull_failure(event, status)]
    said = text(failed[-1], "message") if failed else text(status, "state", "waiting", "message")
    attempts = max(track.pull_failures, sum(max(1, number(event, "count")) for event in failed), 1)
    reason, needed, patience_s = _judge_pull(said)
    image = text(status, "image")
    return Finding(
        key=f"{container_key(pod, status)}/pull",
        reason=reason,
        message=f"image {image} of container {text(status, 'name')} {_WORDS[reason]}: {line(said)}",
        evidence=Evidence(f"Pod/{name(pod)}", f"container {text(status, 'name')} image", f"{image}: {line(said)}"),
        confidence=Confidence.TRANSIENT if reason == "image-pull-failing" else Confidence.REPEATED,
        seen=attempts,
        needed=needed,
        patience_s=patience_s,
        one_nodes=reason == "image-pull-failing",
    )


def _is_pull_failure(event: Manifest, status: Manifest) -> bool:
    about = text(event, "involvedObject", "fieldPath")
    mine = not about or f"{{{text(status, 'name')}}}" in about
    return mine and text(event, "reason") == "Failed" and text(event, "message").startswith("Failed to pull image")


def _judge_pull(said: str) -> tuple[str, int, float]:
    if _NETWORK.search(said):
        return "image-pull-failing", FLAKY_PULL_ATTEMPTS, FLAKY_PULL_S
    if _DENIED.search(said):
        return "image-pull-denied", PULL_ATTEMPTS, 0.0
    if _ABSENT.search(said):
        return "image-not-found", PULL_ATTEMPTS, 0.0
    return "image-pull-failing", FLAKY_PULL_ATTEMPTS, FLAKY_PULL_S
