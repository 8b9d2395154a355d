"""What differs between two versions of an object, field by field, as it may be shown. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from infra.preview.report import Field
from policies.credentials.values import credential
from policies.objects.node import Step, shown
from policies.objects.property_path import parse, render
from policies.objects.values import Secret, reveal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_ABSENT: Final = object()
HIDDEN: Final = "[secret]"
"""Stands for every value that may not be shown."""
_KEYS: Final = ("name", "mountPath", "containerPort", "topologyKey")
"""By which of its fields people tell an item of a list from the others."""


class Pair(NamedTuple):
    """A place at which two versions differ.

    Attributes:
        steps: The way there; an item of a list by its place in the newer version.
        label: The same for people.
        old: The older value, or nothing.
        new: The newer value, or nothing.
    """

    steps: tuple[Step, ...]
    label: str
    old: Any
    new: Any


def differences(old: Any, new: Any, *, reasons: Collection[str] = ()) -> tuple[Field, ...]:
    """Compare two versions.

    Args:
        old: The older one.
        new: The newer one.
        reasons: Paths of the properties that make the change a replacement.

    Returns:
        Each field that differs, in the objects' order.
    """
    replacing = [parse(reason) for reason in reasons]
    return tuple(_field(pair, replacing) for pair in _walk(old, new, (), ""))


def leaves(value: Any, *, added: bool) -> tuple[Field, ...]:
    """Every field of an object that comes or goes."""
    pair = ({}, value) if added else (value, {})
    return tuple(_field(each, ()) for each in _walk(*pair, (), "", whole=True))


def text(name: str, value: Any) -> str:
    """A value as it may be shown: short, on one line; what is secret, or looks like a credential, is not shown."""
    plain = reveal(value)
    if isinstance(value, Secret) or (isinstance(plain, str) and credential(name, plain)):
        return HIDDEN
    if isinstance(plain, dict):
        return f"{{{', '.join(f'{key}: {text(str(key), plain[key])}' for key in plain)}}}"
    if isinstance(plain, list):
        return f"[{', '.join(text(name, item) for item in plain)}]"
    return '""' if plain == "" else shown(plain)


def _field(pair: Pair, replacing: Collection[tuple[Step, ...]]) -> Field:
    name = _name(pair)
    old, new = (None if each is _ABSENT else text(name, each) for each in (pair.old, pair.new))
    replaces = any(pair.steps[: len(way)] == way or way[: len(pair.steps)] == pair.steps for way in replacing)
    return Field(pair.label or render(pair.steps), old, new, replaces=replaces)


def _name(pair: Pair) -> str:
    """What a value is called: its key, or that of the variable whose value it is."""
    key = next((step for step in reversed(pair.steps) if isinstance(step, str)), "")
    if key == "value" and pair.label.endswith("].value"):
        return pair.label.removesuffix("].value").rpartition("[")[2]
    return key


def _walk(old: Any, new: Any, steps: tuple[Step, ...], label: str, *, whole: bool = False) -> Iterator[Pair]:
    before, after = reveal(old), reveal(new)
    if isinstance(old, Secret) or isinstance(new, Secret):
        if _differ(before, after):
            yield Pair(steps, label, old, new)
    elif isinstance(before, dict) and isinstance(after, dict):
        for key in [*before, *(key for key in after if key not in before)]:
            sides = (before.get(key, _ABSENT), after.get(key, _ABSENT))
            yield from _walk(*sides, (*steps, key), _joined(label, key), whole=whole)
    elif isinstance(before, list) and isinstance(after, list):
        for index, name, one, other in _paired(before, after):
            yield from _walk(one, other, (*steps, index), f"{label}[{name}]", whole=whole)
    elif whole and isinstance(inside := after if before is _ABSENT else before, dict | list) and inside:
        empty: Any = {} if isinstance(inside, dict) else []
        yield from _walk(*((empty, after) if before is _ABSENT else (before, empty)), steps, label, whole=True)
    elif _differ(before, after):
        yield Pair(steps, label, old, new)


def _differ(before: Any, after: Any) -> bool:
    return before is _ABSENT or after is _ABSENT or type(before) is not type(after) or bool(before != after)


def _joined(label: str, key: Any) -> str:
    own = str(key)
    own = f'["{own}"]' if "." in own else own
    return own if not label else f"{label}{own}" if own.startswith("[") else f"{label}.{own}"


def _paired(before: list[Any], after: list[Any]) -> Iterator[tuple[int, str, Any, Any]]:
    """The items of two lists: by their names where all have one, else by their places."""
    key = next((key for key in _KEYS if _tells_apart(before, key) and _tells_apart(after, key)), None)
    if key is None:
        for index in range(max(len(before), len(after))):
            one, other = (items[index] if index < len(items) else _ABSENT for items in (before, after))
            yield index, str(index), one, other
        return
    old = {str(item[key]): item for item in before}
    new = {str(item[key]): (index, item) for index, item in enumerate(after)}
    for name, item in old.items():
        index, other = new.get(name, (list(old).index(name), _ABSENT))
        yield index, name, item, other
    for name, (index, item) in new.items():
        if name not in old:
            yield index, name, _ABSENT, item


def _tells_apart(items: list[Any], key: str) -> bool:
    names = {str(item[key]) for item in items if isinstance(item, dict) and isinstance(item.get(key), str | int)}
    return len(names) == len(items)
