"""What an apply would make of a live object, imitated for those who may look at it but not try."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from infra.drift import managers
from infra.drift.fields import MISSING, Path, leaves, read
from infra.local.plugins.kubernetes.live import merge_key, prune
from infra.manifests.names import FIELD_MANAGER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from infra.manifests import Manifest


def imitate(declared: Manifest, recorded: Manifest, live: Manifest) -> Manifest:
    """Imitate the answer to a forced apply.

    Args:
        declared: What the stack declares, with live values in the places of secret ones.
        recorded: What the engine recorded of the last apply: the declared fields as the API server writes them.
        live: What runs.

    Returns:
        The live object with the recorded values of all declared fields, and the engine as their manager.
    """
    applied: Manifest = _over(live, declared, prune(recorded, declared))
    held = {path for entry in managers.entries(live) for path in leaves(entry.fields)}
    wanted = {path for path in held if read(declared, path) is not MISSING} | set(_gone(declared, live))
    entry = {"manager": FIELD_MANAGER, "operation": "Apply", "fieldsV1": _nested(wanted)}
    return {**applied, "metadata": {**applied["metadata"], "managedFields": [entry]}}


def _over(live: Any, declared: Any, recorded: Any) -> Any:
    """The live value with the declared parts of it as they were recorded."""
    if isinstance(live, dict) and isinstance(declared, dict) and isinstance(recorded, dict):
        return live | {
            key: _over(live.get(key, MISSING), value, recorded.get(key, value)) for key, value in declared.items()
        }
    if isinstance(live, list) and isinstance(declared, list) and isinstance(recorded, list):
        key = merge_key(declared)
        return _over_items(live, declared, recorded) if key is None else _over_keyed(live, declared, recorded, key)
    return recorded


def _over_items(live: list[Any], declared: list[Any], recorded: list[Any]) -> list[Any]:
    return live if len(live) == len(declared) and prune(live, declared) == recorded else recorded


def _over_keyed(live: list[Any], declared: list[Any], recorded: list[Any], key: str) -> list[Any]:
    wanted, before = ({item[key]: item for item in items} for items in (declared, recorded))
    there = {item.get(key): item for item in live if isinstance(item, dict)}
    merged = {name: _over(there.get(name, MISSING), item, before.get(name, item)) for name, item in wanted.items()}
    return [*merged.values(), *(item for name, item in there.items() if name not in merged)]


def _gone(declared: Any, live: Any, path: Path = ()) -> Iterator[Path]:
    """The declared fields that are not there."""
    if live is MISSING:
        yield path
    elif isinstance(declared, dict) and isinstance(live, dict):
        for key, value in declared.items():
            yield from _gone(value, live.get(key, MISSING), (*path, f"f:{key}"))
    elif isinstance(declared, list) and isinstance(live, list) and (key := merge_key(declared)):
        there = {item.get(key): item for item in live if isinstance(item, dict)}
        for item in declared:
            step = f"k:{json.dumps({key: item[key]}, separators=(',', ':'))}"
            yield from _gone(item, there.get(item[key], MISSING), (*path, step))


def _nested(paths: Iterable[Path]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for path in paths:
        place = fields
        for step in path:
            place = place.setdefault(step, {})
    return fields
