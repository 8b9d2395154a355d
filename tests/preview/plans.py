"""Plans as the engine tells them: made by hand, or recorded for the policies' plan gate."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FIXTURES = Path(__file__).parents[1] / "policies" / "fixtures" / "plan"
NAMESPACE = "production"


def recorded(case: str) -> dict[str, Any]:
    """A plan that the real engine told."""
    plan: dict[str, Any] = json.loads((FIXTURES / f"{case}.json").read_text())
    return plan


def plan(*steps: dict[str, Any], errors: tuple[str, ...] = ()) -> dict[str, Any]:
    told = [{"severity": "error", "message": f"error: {line}\n"} for line in errors]
    return {"steps": list(steps), "diagnostics": told, "changeSummary": {}}


def manifest(kind: str, name: str, **fields: Any) -> dict[str, Any]:
    group = {"Deployment": "apps/v1", "PodDisruptionBudget": "policy/v1"}.get(kind, "v1")
    return {"apiVersion": group, "kind": kind, "metadata": {"name": name, "namespace": NAMESPACE}, **fields}


def urn(body: dict[str, Any]) -> str:
    group = body["apiVersion"] if "/" in body["apiVersion"] else "core/v1"
    return f"urn:pulumi:production::rez-infra::kubernetes:{group}:{body['kind']}::{body['metadata']['name']}"


def step(op: str, old: dict[str, Any] | None = None, new: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A step; `state` are options of both states, the rest are the step's own fields."""
    options = more.pop("state", {})
    made: dict[str, Any] = {"op": op, **more}
    for side, body in (("oldState", old), ("newState", new)):
        if body is not None:
            made["urn"] = urn(body)
            made[side] = {"urn": urn(body), "type": urn(body).split("::")[2], "custom": True, "inputs": body, **options}
    return made


def create(body: dict[str, Any], **more: Any) -> dict[str, Any]:
    return step("create", None, body, **more)


def delete(body: dict[str, Any], **more: Any) -> dict[str, Any]:
    return step("delete", body, **more)
