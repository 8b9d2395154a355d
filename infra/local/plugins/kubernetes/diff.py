"""What an update would change, as paths of properties. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from infra.local.plugins.kubernetes.codec import Unknown
from infra.local.plugins.kubernetes.live import stable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Path = tuple[str | int, ...]

_IDENTITY: tuple[Path, ...] = (("apiVersion",), ("kind",), ("metadata", "name"), ("metadata", "namespace"))
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_CANNOT_CHANGE = re.compile(
    r"immutable|cannot change|may not (be )?change|updates to \w+ (spec for fields other|are forbidden)|after creation",
    re.IGNORECASE,
)
_MISSING = object()


class Kind(Enum):
    """How a property changes."""

    ADD = "add"
    DELETE = "delete"
    UPDATE = "update"


@dataclass(frozen=True)
class Change:
    """One property that would change."""

    path: Path
    kind: Kind
    replace: bool = False

    def __str__(self) -> str:
        return render(self.path)


def of_inputs(old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    """What differs between two versions of the inputs; another identity asks for a replacement."""
    return [Change(path, kind, replace=path in _IDENTITY) for path, kind in _walk(old, new, ())]


def of_live(live: dict[str, Any], applied: dict[str, Any], *declared: dict[str, Any]) -> list[Change]:
    """What an apply would change of the live object, in fields that the inputs declare."""
    shapes = {shape for inputs in declared for shape in _shapes(inputs, ())}
    found = _walk(stable(live), stable(applied), ())
    return [Change(path, kind) for path, kind in found if _shape(path) in shapes]


def of_missing(new: dict[str, Any]) -> list[Change]:
    """Everything is added to an object that is gone."""
    return [Change((key,), Kind.ADD) for key in new if key not in {"apiVersion", "kind"}]


def immutable(causes: Iterable[dict[str, str]]) -> list[str]:
    """The fields that the API server refused to change on a live object."""
    return [cause["field"] for cause in causes if _CANNOT_CHANGE.search(cause["message"])]


def replacing(changes: list[Change], fields: list[str]) -> list[Change]:
    """The changes, with those of fields that cannot change asking for a replacement."""

    def fixed(change: Change) -> bool:
        text = str(change)
        return any(text == field or text.startswith((f"{field}.", f"{field}[")) for field in fields)

    marked = [Change(change.path, change.kind, replace=True) if fixed(change) else change for change in changes]
    if any(change.replace for change in marked):
        return marked
    return [*marked, *(Change(tuple(field.split(".")), Kind.UPDATE, replace=True) for field in fields)]


def merged(*groups: list[Change]) -> list[Change]:
    """All changes, each path once; the first group that names it wins."""
    by_path: dict[Path, Change] = {}
    for group in groups:
        for change in group:
            by_path.setdefault(change.path, change)
    return list(by_path.values())


def same_name(old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether the replacement takes the name of the replaced object, which must be deleted first."""

    def names(inputs: dict[str, Any]) -> tuple[Any, ...]:
        metadata = inputs.get("metadata") or {}
        return inputs.get("kind"), metadata.get("name"), metadata.get("namespace")

    return names(old) == names(new)


def render(path: Path) -> str:
    """A property path as the engine writes it: `spec.containers[0].env`, `metadata.labels["example.com/name"]`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif _PLAIN_KEY.fullmatch(part):
            text += f".{part}" if text else part
        else:
            text += f'["{part}"]'
    return text


def _walk(old: Any, new: Any, path: Path) -> Iterator[tuple[Path, Kind]]:
    if old is _MISSING or new is _MISSING:
        yield path, Kind.ADD if old is _MISSING else Kind.DELETE
    elif isinstance(old, dict) and isinstance(new, dict):
        for key in [*old, *(key for key in new if key not in old)]:
            yield from _walk(old.get(key, _MISSING), new.get(key, _MISSING), (*path, key))
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            before, after = (items[index] if index < len(items) else _MISSING for items in (old, new))
            yield from _walk(before, after, (*path, index))
    elif isinstance(new, Unknown) or old != new:
        yield path, Kind.UPDATE


def _shapes(value: Any, path: Path) -> Iterator[Path]:
    yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _shapes(item, (*path, key))
    elif isinstance(value, list):
        for item in value:
            yield from _shapes(item, (*path, 0))


def _shape(path: Path) -> Path:
    """The path with all items of a list taken for one."""
    return tuple(0 if isinstance(part, int) else part for part in path)
