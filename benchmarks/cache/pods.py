"""The cache's pods: which there are, and when they are one whole cluster again."""

from __future__ import annotations

import json
import subprocess
import time
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_PODS: Final = 6
_PATIENCE_S: Final = 180
_SELECTED: Final = ("--namespace=production", "--selector=app=redis")


def uids(kubectl: Sequence[str]) -> dict[str, str]:
    """The pods' UIDs, by name."""
    return {pod["metadata"]["name"]: pod["metadata"]["uid"] for pod in _pods(kubectl)}


def kill(kubectl: Sequence[str], name: str) -> str:
    """End a pod without a farewell, and return its UID."""
    uid = uids(kubectl)[name]
    _run(kubectl, "delete", "pod", name, "--namespace=production", "--force", "--grace-period=0")
    return uid


def delete_all(kubectl: Sequence[str]) -> Collection[str]:
    """Delete every pod at once, and return their UIDs."""
    before = uids(kubectl).values()
    _run(kubectl, "delete", "pod", *_SELECTED, "--wait=false")
    return before


def until_whole(kubectl: Sequence[str], *, without: Collection[str]) -> float:
    """Wait until all pods are ready, which each is while it sees the whole cluster; seconds that took.

    Args:
        kubectl: The program with its options.
        without: UIDs of pods that have to be gone.

    Raises:
        TimeoutError: They do not become so.
    """
    began = time.monotonic()
    while time.monotonic() - began < _PATIENCE_S:
        pods = _pods(kubectl)
        ready = [pod for pod in pods if _ready(pod) and pod["metadata"]["uid"] not in without]
        if len(ready) == len(pods) == _PODS:
            return time.monotonic() - began
        time.sleep(0.3)
    raise TimeoutError(f"the cache was not whole again within {_PATIENCE_S} s")


def _ready(pod: dict[str, Any]) -> bool:
    conditions = pod["status"].get("conditions", ())
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


def _pods(kubectl: Sequence[str]) -> list[dict[str, Any]]:
    return list(json.loads(_run(kubectl, "get", "pods", *_SELECTED, "--output=json"))["items"])


def _run(kubectl: Sequence[str], *args: str) -> str:
    return subprocess.run([*kubectl, *args], capture_output=True, text=True, timeout=60, check=True).stdout
