"""Creations that an interrupted engine began: pure, from and to an exported state."""

from __future__ import annotations

from typing import Any

State = dict[str, Any]


def any_left(state: State) -> bool:
    """Whether the last engine ended in the middle of something."""
    return bool(_deployment(state).get("pending_operations"))


def adopt(state: State) -> State:
    """The state with every begun creation taken for done, and nothing pending.

    What a killed engine created may or may not exist. Taken for existing it is neither forgotten nor made twice: the
    next run compares it with the cluster, creates it if it is not there, and can delete it if nobody wants it.
    Kubernetes objects are known by `namespace/name`, so their ids follow from their inputs.
    """
    deployment = _deployment(state)
    begun = [o["resource"] for o in deployment.get("pending_operations") or [] if o["type"] == "creating"]
    recorded = {r["urn"] for r in deployment.get("resources") or []}
    adopted = [
        resource | {"id": identity, "outputs": resource.get("inputs", {})}
        for resource in begun
        if resource["urn"] not in recorded and (identity := _identity(resource))
    ]
    whole = deployment | {"resources": [*(deployment.get("resources") or []), *adopted], "pending_operations": []}
    return state | {"deployment": whole}


def _deployment(state: State) -> State:
    return state.get("deployment") or {}


def _identity(resource: State) -> str | None:
    """The provider's id of a Kubernetes object; None for what cannot be known by its name."""
    meta = resource.get("inputs", {}).get("metadata", {})
    if not resource["type"].startswith("kubernetes:") or not meta.get("name"):
        return None
    return "/".join(part for part in (meta.get("namespace"), meta["name"]) if part)
