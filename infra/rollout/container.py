"""What is wrong with a container: image, configuration, start, crashes, readiness."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from infra.rollout import pull
from infra.rollout.finding import Confidence, Evidence, Finding
from infra.rollout.live import flag, mapping, name, number, objects, text
from infra.rollout.memory import container_key
from infra.text import line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from infra.manifests import Manifest
    from infra.rollout.memory import Track

DEATHS = 2
"""One restart is forgiven, the second death is not."""

KEY_MISSING_S = 3.0
OBJECT_MISSING_S = 10.0
CACHE_SYNC_S = 90.0
CANNOT_START_S = 20.0
READINESS_ALONE_S = 60.0
"""A readiness probe without a startup probe says nothing about how long a start may take: it gets at least this."""

_OF_THE_NODE = frozenset({"ErrImageNeverPull", "CreateContainerError", "RunContainerError"})
"""What a node says of itself; what it says of the image's name or of a Secret is the same on every node."""

_MISSING_KEY = re.compile(r"couldn't find key (\S+) in (Secret|ConfigMap) (\S+)", re.IGNORECASE)
_MISSING_OBJECT = re.compile(r"(secret|configmap) \"?([^\"\s]+)\"? not found", re.IGNORECASE)


def findings(
    pod: Manifest, status: Manifest, track: Track, events: Sequence[Manifest], *, init: bool
) -> Iterator[Finding]:
    """Yield what is wrong with one container of a pod.

    Args:
        pod: The live pod.
        status: The container's entry in `containerStatuses` or `initContainerStatuses`.
        track: What earlier snapshots showed of the container.
        events: The pod's events, oldest first.
        init: Whether it is an init container, for which ending well is success.
    """
    waiting = text(status, "state", "waiting", "reason")
    if waiting in ("ErrImagePull", "ImagePullBackOff"):
        yield pull.finding(pod, status, track, events)
    elif waiting in ("InvalidImageName", "ErrImageNeverPull"):
        yield _waiting(pod, status, "image-unusable", Confidence.TERMINAL)
    elif waiting == "CreateContainerConfigError":
        yield _config(pod, status)
    elif waiting in ("CreateContainerError", "RunContainerError"):
        yield _waiting(pod, status, "cannot-start", Confidence.TRANSIENT, CANNOT_START_S)
    if deaths(status, track, init=init) or kills(status, track, events):
        yield _crash(pod, status, track, events, init=init)
    if not init and not flag(status, "ready") and _began(status):
        yield from _unready(pod, status, events)


def deaths(status: Manifest, track: Track, *, init: bool) -> int:
    """How many times a container has ended, since the rollout is watched, when it should have run on."""
    ended = mapping(status, "state", "terminated")
    backing_off = text(status, "state", "waiting", "reason") == "CrashLoopBackOff"
    dead_now = backing_off or (bool(ended) and (not init or number(ended, "exitCode") != 0))
    return max(0, number(status, "restartCount") - track.restarts_before) + dead_now


def kills(status: Manifest, track: Track, events: Sequence[Manifest]) -> int:
    """How many times the kubelet has said that it kills a container for a failed probe: the end comes seconds later.

    A container that was there before the rollout counts none: its events tell of earlier times too.
    """
    if track.restarts_before:
        return 0
    said = f"Container {text(status, 'name')} failed "
    killings = [event for event in events if text(event, "reason") == "Killing" and said in text(event, "message")]
    return sum(max(1, number(event, "count")) for event in killings)


def start_allowance_s(spec: Manifest) -> float | None:
    """Seconds that a container's own probes grant it from its start until it must be ready.

    Returns:
        None when it has no readiness or startup probe: then it is ready as soon as it runs.
    """
    startup, readiness = mapping(spec, "startupProbe"), mapping(spec, "readinessProbe")
    if startup:
        return _allowance_s(startup) + (_allowance_s(readiness) if readiness else 0.0)
    return max(_allowance_s(readiness), READINESS_ALONE_S) if readiness else None


def _allowance_s(probe: Manifest) -> float:
    period, failures = number(probe, "periodSeconds") or 10, number(probe, "failureThreshold") or 3
    return float(number(probe, "initialDelaySeconds") + period * failures + (number(probe, "timeoutSeconds") or 1))


def _began(status: Manifest) -> bool:
    return bool(
        mapping(status, "state", "running")
        or mapping(status, "state", "terminated")
        or mapping(status, "lastState", "terminated")
    )


def _about(pod: Manifest) -> str:
    return f"Pod/{name(pod)}"


def _waiting(pod: Manifest, status: Manifest, reason: str, confidence: Confidence, patience_s: float = 0.0) -> Finding:
    waiting = mapping(status, "state", "waiting")
    said = line(f"{text(waiting, 'reason')} {text(waiting, 'message')}".strip())
    where = f"container {text(status, 'name')}"
    return Finding(
        key=f"{container_key(pod, status)}/{reason}",
        reason=reason,
        message=f"{where} cannot start: {said}",
        evidence=Evidence(_about(pod), f"{where} state.waiting", said),
        confidence=confidence,
        patience_s=patience_s,
        one_nodes=text(waiting, "reason") in _OF_THE_NODE or reason == "config-not-synced",
    )


def _config(pod: Manifest, status: Manifest) -> Finding:
    said = text(status, "state", "waiting", "message")
    if _MISSING_KEY.search(said):
        return _waiting(pod, status, "config-key-missing", Confidence.REPEATED, KEY_MISSING_S)
    if "failed to sync" in said:
        return _waiting(pod, status, "config-not-synced", Confidence.TRANSIENT, CACHE_SYNC_S)
    if _MISSING_OBJECT.search(said):
        return _waiting(pod, status, "config-missing", Confidence.REPEATED, OBJECT_MISSING_S)
    return _waiting(pod, status, "config-error", Confidence.REPEATED, KEY_MISSING_S)


def _crash(pod: Manifest, status: Manifest, track: Track, events: Sequence[Manifest], *, init: bool) -> Finding:
    last = mapping(status, "state", "terminated") or mapping(status, "lastState", "terminated")
    seen = max(deaths(status, track, init=init), kills(status, track, events))
    reason, how = _cause(last, events, init=init)
    where = f"container {text(status, 'name')}"
    ended = (
        f"exit code {number(last, 'exitCode')}, {text(last, 'reason') or 'no reason given'}" if last else "no end yet"
    )
    return Finding(
        key=f"{container_key(pod, status)}/crash",
        reason=reason,
        message=f"{where} {how}: {seen} time{'s' * (seen != 1)}, last with {ended}",
        # What the app said last is shown with the evidence alone: the message goes into the ledger, and stays there.
        evidence=Evidence(
            _about(pod), f"{where} lastState.terminated", line(f"{ended} {text(last, 'message')}"), text(status, "name")
        ),
        confidence=Confidence.REPEATED,
        seen=seen,
        needed=DEATHS,
        one_nodes=reason != "liveness-kill-loop" or not _answers_badly(events),
    )


def _answers_badly(events: Sequence[Manifest]) -> bool:
    """Whether the app itself answers its liveness probe with a failure: a broken node makes it time out instead."""
    failures = [text(event, "message") for event in events if text(event, "message").startswith("Liveness probe")]
    return bool(failures) and "statuscode" in failures[-1]


def _cause(last: Manifest, events: Sequence[Manifest], *, init: bool) -> tuple[str, str]:
    if text(last, "reason") == "OOMKilled":
        return "oom-loop", "was killed for using more memory than its limit"
    killings = [text(event, "message") for event in events if text(event, "reason") == "Killing"]
    if killings and "failed startup probe" in killings[-1]:
        return "never-ready", "was killed because its startup probe never succeeded"
    if killings and "failed liveness probe" in killings[-1]:
        return "liveness-kill-loop", "was killed because its liveness probe failed"
    return ("init-failing", "failed") if init else ("crash-loop", "crashed")


def _unready(pod: Manifest, status: Manifest, events: Sequence[Manifest]) -> Iterator[Finding]:
    specs = objects(pod, "spec", "containers")
    spec = next((entry for entry in specs if entry.get("name") == text(status, "name")), {})
    allowance_s = start_allowance_s(spec)
    if allowance_s is None:
        return
    failures = [text(event, "message") for event in events if text(event, "reason") == "Unhealthy"]
    said = line(failures[-1]) if failures else "not ready"
    where = f"container {text(status, 'name')}"
    yield Finding(
        key=f"{container_key(pod, status)}/unready",
        reason="never-ready",
        message=f"{where} is not ready {allowance_s:g} s after its start, which is all its probes allow: {said}",
        evidence=Evidence(_about(pod), f"{where} ready", said, text(status, "name")),
        confidence=Confidence.REPEATED,
        patience_s=allowance_s,
        one_nodes=True,
    )
