"""What of a live object belongs to a resource's state: the declared fields, and the few that others read. Pure."""

from __future__ import annotations

from typing import Any

_VOLATILE = frozenset(
    {"uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "selfLink", "deletionTimestamp"}
)
_KEYS = ("name", "containerPort", "mountPath", "devicePath", "topologyKey", "ip", "port", "uid", "type")


def stable(live: dict[str, Any]) -> dict[str, Any]:
    """The object without what the server writes by itself at every change."""
    metadata = {key: value for key, value in live.get("metadata", {}).items() if key not in _VOLATILE}
    return {**{key: value for key, value in live.items() if key != "status"}, "metadata": metadata}


def outputs(live: dict[str, Any], inputs: dict[str, Any]) -> dict[str, Any]:
    """The live values of the declared fields, with the identity and the addresses that the server gave."""
    state: dict[str, Any] = prune(live, inputs)
    given = live.get("metadata", {})
    identity = {key: given[key] for key in ("name", "namespace", "uid") if key in given}
    state["metadata"] = {**state.get("metadata", {}), **identity}
    if live.get("kind") == "Service":
        state["status"] = {"loadBalancer": live.get("status", {}).get("loadBalancer", {})}
        if "clusterIP" in live.get("spec", {}):
            state["spec"] = {**state.get("spec", {}), "clusterIP": live["spec"]["clusterIP"]}
    return state


def prune(live: Any, inputs: Any) -> Any:
    """The live values in the shape of the inputs; fields that are gone are left out."""
    if isinstance(live, dict) and isinstance(inputs, dict):
        return {key: prune(live[key], value) for key, value in inputs.items() if key in live}
    if isinstance(live, list) and isinstance(inputs, list):
        return _prune_list(live, inputs)
    return live


def _prune_list(live: list[Any], inputs: list[Any]) -> list[Any]:
    key = merge_key(inputs)
    if key is None:
        shapes = [*inputs, *[None] * len(live)]
        return [item if shape is None else prune(item, shape) for item, shape in zip(live, shapes, strict=False)]
    found = {item.get(key): item for item in live if isinstance(item, dict)}
    return [prune(found[item[key]], item) for item in inputs if item[key] in found]


def merge_key(items: list[Any]) -> str | None:
    """The field that tells the items of an associative list apart; None if the list is a value as a whole."""
    for key in _KEYS:
        values = {str(item[key]) for item in items if isinstance(item, dict) and key in item}
        if items and len(values) == len(items):
            return key
    return None


def contains(live: Any, inputs: Any) -> bool:
    """Whether the live object has every declared value literally: then nothing needs to be applied."""
    if isinstance(inputs, dict) and isinstance(live, dict):
        return all(key in live and contains(live[key], value) for key, value in inputs.items())
    if isinstance(inputs, list) and isinstance(live, list):
        return len(live) == len(inputs) and all(contains(a, b) for a, b in zip(live, inputs, strict=True))
    return type(live) is type(inputs) and bool(live == inputs)


def refreshed(inputs: Any, before: Any, now: Any) -> Any:
    """The recorded inputs, with live values where the live object has changed since it was recorded.

    Args:
        inputs: As recorded.
        before: The recorded outputs: the same fields as the server writes them (`1` for `1000m`).
        now: The live values.
    """
    if isinstance(inputs, dict) and isinstance(before, dict) and isinstance(now, dict):
        kept = {key: value for key, value in inputs.items() if key in now or key not in before}
        return {key: refreshed(value, before.get(key), now.get(key)) for key, value in kept.items()}
    return inputs if before == now else now


def owned(live: dict[str, Any]) -> dict[str, Any]:
    """The inputs of an imported object: what was applied to it, else all but the server's own fields."""
    entries = live["metadata"].get("managedFields", [])
    applied = [entry["fieldsV1"] for entry in entries if entry.get("operation") == "Apply"]
    body = stable(live)
    metadata = {key: body["metadata"][key] for key in ("name", "namespace") if key in body["metadata"]}
    if not applied:
        return body
    kept = _select(body, applied)
    kept["metadata"] = {**kept.get("metadata", {}), **metadata}
    return {"apiVersion": live["apiVersion"], "kind": live["kind"], **kept}


def _select(value: dict[str, Any], fields: list[dict[str, Any]]) -> dict[str, Any]:
    selected = {}
    for key, item in value.items():
        below = [entry[f"f:{key}"] for entry in fields if f"f:{key}" in entry]
        if below:
            whole = not isinstance(item, dict) or not all(below)
            selected[key] = item if whole else _select(item, below)
    return selected
