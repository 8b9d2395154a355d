"""One resource of Atlas against what its stack declares of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from infra.drift.difference import Difference, Effect, What
from infra.drift.fields import MISSING, narrow
from infra.drift.sealed import filled, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infra.drift.declared import InAtlas, Ref


def compare(declared: InAtlas, live: Mapping[str, Any] | None) -> list[Difference]:
    """Find every difference of one resource.

    Args:
        declared: What the stack declares.
        live: The live values of all declared properties, as the provider spells them; None if it is gone.
    """
    if live is None:
        return [Difference(declared.ref, What.DELETED, Effect.RECREATES, urn=declared.urn)]
    found = []
    for key, value in declared.inputs.items():
        now = live.get(key, MISSING)
        was = filled(value, now)
        if not _same(was, now):
            found.append(_differs(declared, key, was, now))
    return found


def orphan(ref: Ref) -> Difference:
    """A resource of the stack's project that nothing declares."""
    return Difference(ref, What.ORPHAN, Effect.LEAVES)


def _differs(declared: InAtlas, key: str, was: Any, now: Any) -> Difference:
    path = narrow((f"f:{key}",), was, now)
    values = (_at(value, path[1:]) for value in (was, now))
    before, after = (shown(declared.kind, path, value) for value in values)
    what = What.REMOVED if after is MISSING else What.CHANGED
    return Difference(declared.ref, what, Effect.RESTORES, path=path, declared=before, live=after, urn=declared.urn)


def _at(value: Any, steps: tuple[str, ...]) -> Any:
    for step in steps:
        kind, _, name = step.partition(":")
        value = value[int(name)] if kind == "i" else value.get(name, MISSING)
    return value


def _same(was: Any, now: Any) -> bool:
    """Whether Atlas says the same; the order of its lists says nothing."""
    if isinstance(was, list) and isinstance(now, list):
        texts = (sorted(json.dumps(item, sort_keys=True) for item in items) for items in (was, now))
        return was == now or next(texts) == next(texts)
    return bool(was == now)
