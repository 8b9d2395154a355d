"""The fields that a field manager has, by the paths in which the API server keeps them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from infra.manifests import Manifest

Path = tuple[str, ...]
"""The API server's own steps: `f:spec` is a field, `k:{"name":"api"}` an item by its key, `v:1` an item by value."""

MISSING: Final = object()
"""What is read where nothing is."""
_ITSELF: Final = "."


def leaves(fields: Mapping[str, Any], path: Path = ()) -> Iterator[Path]:
    """Go through the fields of a manager that have none below them.

    Args:
        fields: A `fieldsV1`, or the part of one below the path.
        path: Where it stands.
    """
    below = {step: part for step, part in fields.items() if step != _ITSELF}
    if not below and path:
        yield path
    for step, part in below.items():
        yield from leaves(part, (*path, step))


def has(fields: Mapping[str, Any], path: Path) -> bool:
    """Whether a manager has a field, something below it, or the whole that it is a part of."""
    for place, step in enumerate(path):
        if step not in fields:
            return place > 0 and not fields
        fields = fields[step]
    return True


def read(manifest: Manifest, path: Path) -> Any:
    """The value of a field, MISSING where nothing is."""
    value: Any = manifest
    for step in path:
        value = _inside(value, step)
    return value


def _inside(value: Any, step: str) -> Any:
    if step.startswith("f:"):
        return value.get(step[2:], MISSING) if isinstance(value, dict) else MISSING
    items = enumerate(value) if isinstance(value, list) else ()
    return next((item for place, item in items if _is_item(place, item, step)), MISSING)


def _is_item(place: int, item: Any, step: str) -> bool:
    kind, _, text = step.partition(":")
    wanted = json.loads(text)
    if kind == "k":
        return isinstance(item, dict) and all(item.get(key) == value for key, value in wanted.items())
    return bool((place if kind == "i" else item) == wanted)


def narrow(path: Path, was: Any, now: Any) -> Path:
    """The one place below a field in which two values of it differ; the field itself if there are several."""
    inside: list[tuple[str, Any, Any]] = []
    if isinstance(was, dict) and isinstance(now, dict):
        inside = [(f"f:{key}", was.get(key, MISSING), now.get(key, MISSING)) for key in {**was, **now}]
    elif isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        inside = [(f"i:{place}", *pair) for place, pair in enumerate(zip(was, now, strict=True))]
    different = [each for each in inside if each[1] != each[2]]
    return narrow((*path, different[0][0]), *different[0][1:]) if len(different) == 1 else path


def without(manifest: Any, paths: frozenset[Path]) -> Any:
    """A copy of the manifest in which the fields are not there."""
    if () in paths:
        return MISSING
    if isinstance(manifest, dict):
        kept = {key: without(value, _below(paths, {f"f:{key}"})) for key, value in manifest.items()}
        return {key: value for key, value in kept.items() if value is not MISSING}
    if isinstance(manifest, list):
        steps = {path[0] for path in paths if not path[0].startswith("f:")}
        below = [_below(paths, {s for s in steps if _is_item(*each, s)}) for each in enumerate(manifest)]
        items = [without(item, inside) for item, inside in zip(manifest, below, strict=True)]
        return [item for item in items if item is not MISSING]
    return manifest


def _below(paths: frozenset[Path], steps: set[str]) -> frozenset[Path]:
    return frozenset(path[1:] for path in paths if path[0] in steps)


def render(path: Path) -> str:
    """The path as the API server's messages write it: `spec.containers[name="api"].image`."""
    text = ""
    for step in path:
        kind, _, rest = step.partition(":")
        if kind == "f":
            plain = rest.replace("_", "").isalnum()
            text += (f".{rest}" if text else rest) if plain else f'["{rest}"]'
        elif kind == "k":
            text += f"[{','.join(f'{key}={json.dumps(value)}' for key, value in json.loads(rest).items())}]"
        else:
            text += f"[{rest}]"
    return text
