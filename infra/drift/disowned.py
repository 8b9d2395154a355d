"""The field managers of a live object once the engine alone has some of its fields. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infra.drift import managers

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from infra.drift.fields import Path
    from infra.manifests import Manifest

_ITSELF = "."


def disowned(live: Manifest, paths: Collection[Path]) -> list[Manifest]:
    """The object's `managedFields`, in which the engine and nobody else has the fields.

    Who changes a field by hand takes it from the engine, which does not get it back when the value is put back.

    Args:
        live: The object.
        paths: Fields that the engine declares.
    """
    found = [_passed_on(each, paths) for each in live["metadata"].get("managedFields") or []]
    return [each for each in found if each.get("fieldsV1")]


def _passed_on(entry: Manifest, paths: Collection[Path]) -> Manifest:
    if entry.get("subresource"):
        return entry
    owned = entry.get("fieldsV1") or {}
    for path in paths:
        owned = _more(owned, path) if managers.is_ours(entry) else _less(owned, path)
    return {**entry, "fieldsV1": owned}


def _more(owned: Mapping[str, Any], path: Path) -> Mapping[str, Any]:
    step, *rest = path
    below = owned.get(step, {})
    return {**owned, step: _more(below, tuple(rest)) if rest else below}


def _less(owned: Mapping[str, Any], path: Path) -> Mapping[str, Any]:
    """The fields without one, and without what has nothing left below it."""
    step, *rest = path
    if step not in owned:
        return owned
    below = _less(owned[step], tuple(rest)) if rest else {}
    others = {key: value for key, value in owned.items() if key != step}
    return {**others, step: below} if below.keys() - {_ITSELF} else others
