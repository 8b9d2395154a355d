"""What a kubelet said of one pod, moment by moment, without what is only that pod's: addresses, ids, times."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

NOW = "@NOW@"
_FOLDER = Path(__file__).parent / "timelines"
_TIMES = {"startTime", "startedAt", "finishedAt", "lastTransitionTime"}
_OWN = {
    "podIP", "podIPs", "hostIP", "hostIPs", "image", "imageID", "containerID", "lastProbeTime", "allocatedResources",
    "resources", "user", "volumeMounts", "observedGeneration", "qosClass",
}  # fmt: skip
_SCHEDULER = "Scheduled"


def path(name: str) -> Path:
    """Where a timeline is kept."""
    return _FOLDER / f"{name}.json"


def load(name: str) -> list[dict[str, Any]]:
    """Read a timeline: entries of `after_s`, the seconds since the one before, and `status` or `event`."""
    found: list[dict[str, Any]] = json.loads(path(name).read_text(encoding="utf-8"))
    return found


def clean(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A timeline from what was seen of a pod and its events, from its binding to a node on.

    Args:
        entries: `at`, seconds of any clock, and the live `pod` or `event`, in any order.
    """
    found: list[dict[str, Any]] = []
    seen, last_at = "", 0.0
    for entry in sorted(entries, key=lambda each: each["at"]):
        said = _said(entry)
        if said is None or json.dumps(said) == seen:
            continue
        if "status" in said:
            seen = json.dumps(said)
        after_s = entry["at"] - last_at if found else 0.0
        last_at = entry["at"]
        found.append({"after_s": round(after_s, 3), **said})
    return found


def _said(entry: dict[str, Any]) -> dict[str, Any] | None:
    if "event" in entry:
        event = entry["event"]
        if event["reason"] == _SCHEDULER:
            return None  # the replay has a scheduler of its own
        return {"event": {key: event[key] for key in ("type", "reason", "message")}}
    pod = entry["pod"]
    if not pod["spec"].get("nodeName") or pod["metadata"].get("deletionTimestamp"):
        return None
    return {"status": _cleaned(pod["status"])}


def _cleaned(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: NOW if key in _TIMES else _cleaned(inner) for key, inner in value.items() if key not in _OWN}
    return [_cleaned(inner) for inner in value] if isinstance(value, list) else value
