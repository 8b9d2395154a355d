"""Creations that an interrupted engine began: pure, from an exported state."""

from __future__ import annotations

from typing import Any


def creations(state: dict[str, Any]) -> list[tuple[str, str]]:
    """URN and provider id of each pending creation whose id follows from its name.

    Kubernetes objects are known by `namespace/name`, so what a killed engine created can be found again instead of
    being created twice or forgotten.
    """
    operations = (state.get("deployment") or {}).get("pending_operations") or []
    found = []
    for operation in operations:
        resource = operation["resource"]
        if operation["type"] != "creating" or not resource["type"].startswith("kubernetes:"):
            continue
        meta = resource.get("inputs", {}).get("metadata", {})
        parts = [meta.get("namespace"), meta.get("name")]
        if parts[1]:
            found.append((resource["urn"], "/".join(p for p in parts if p)))
    return found


def any_left(state: dict[str, Any]) -> bool:
    """Whether the last engine ended in the middle of something."""
    return bool((state.get("deployment") or {}).get("pending_operations"))
