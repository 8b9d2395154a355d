"""What a replay's log says: when the release was doomed, when it was taken back, what it cost."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from benchmarks.rollout.stages import STEP
from benchmarks.rollout.world import GOOD, IMAGES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.rollout.log import Seen
    from benchmarks.rollout.scenarios import Scenario

WORKLOADS = ("Deployment", "Rollout")


def doomed_at(scenario: Scenario, seen: Sequence[Seen]) -> float | None:
    """The first moment at which no benign twin shows the same; None if that never came."""
    first = next((entry.at_s for entry in seen if _shows(scenario, entry)), None)
    return None if first is None else first + scenario.twin_s


def _shows(scenario: Scenario, entry: Seen) -> bool:
    if entry.kind == "Pod" and image(entry.live["spec"]) == IMAGES["next"]:
        if scenario.unschedulable:
            return "Unschedulable" in str(entry.live.get("status", {}).get("conditions"))
        step = entry.live["metadata"].get("annotations", {}).get(STEP)
        return scenario.step is not None and step is not None and int(step) >= scenario.step
    refused = entry.kind == "ReplicaSet" and scenario.refused
    return bool(refused and re.search(str(refused), str(entry.live.get("status", {}).get("conditions"))))


def image(spec: dict[str, Any]) -> str:
    """The image of a pod's API container."""
    found: str = spec["containers"][0]["image"]
    return found


def taken_back_at(seen: Sequence[Seen]) -> float | None:
    """When the workload named the good image again."""
    began = False
    for entry in seen:
        if entry.kind in WORKLOADS and not entry.gone:
            named = image(entry.live["spec"]["template"]["spec"])
            if began and named == IMAGES["good"]:
                return entry.at_s
            began |= named == IMAGES["next"]
    return None


def availability(seen: Sequence[Seen]) -> list[tuple[float, int, int]]:
    """After each change of a pod: the moment, how many pods are ready, how many of those are of the good image."""
    pods: dict[str, tuple[bool, bool]] = {}
    found = []
    for entry in seen:
        if entry.kind != "Pod":
            continue
        live = entry.live
        leaving = entry.gone or "deletionTimestamp" in live["metadata"]
        ready = {"type": "Ready", "status": "True"}.items()
        is_ready = any(ready <= each.items() for each in live.get("status", {}).get("conditions", []))
        pods[live["metadata"]["uid"]] = (is_ready and not leaving, image(live["spec"]) == IMAGES["good"])
        if leaving:
            del pods[live["metadata"]["uid"]]
        count = sum(up for up, _ in pods.values())
        found.append((entry.at_s, count, sum(up and good for up, good in pods.values()) if len(pods) == count else 0))
    return found


def healthy_at(moments: Sequence[tuple[float, int, int]], after_s: float, wanted: int) -> float | None:
    """From when on exactly the wanted number of pods live, all of them ready and of the good image.

    Args:
        moments: As `availability` gives them.
        after_s: Not before this moment.
        wanted: How many pods.

    Returns:
        None if it is not so in the end.
    """
    since = None
    for at_s, ready, good in moments:
        if not ready == good == wanted:
            since = None
        elif since is None:
            since = at_s
    return None if since is None else max(since, after_s)


def is_good(template: dict[str, Any]) -> bool:
    """Whether a template is the good release's, by image and by what its pods do."""
    return image(template["spec"]) == IMAGES["good"] and GOOD in template["metadata"]["labels"].values()
