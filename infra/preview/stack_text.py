"""The text of a stack file: where a setting stands, and copies of it with values put in. Pure.

Values are put into the text itself, because reading and writing YAML anew would change what the engine reads.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import yaml

from infra.settings.inventory import CONFIG_KEY
from infra.settings.stack_file import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_CONFIG: Final = "config"

Edit = tuple[int, int, str]
"""A part of the text, from and to, and what to write there."""


def compose(text: str) -> yaml.Node | None:
    """The file as nodes that know where they stand.

    Raises:
        ValueError: It is no YAML.
    """
    try:
        node: yaml.Node | None = yaml.compose(text, yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError(f"cannot be read: {' '.join(str(error).split())}; repair the file") from None
    return node


def line_of(text: str, setting: str) -> int | None:
    """The line of a setting, counted from 1; None where the file does not have it.

    Args:
        text: The stack file.
        setting: Such as `api.memory.limit`.
    """
    try:
        found = _find(compose(text), setting)
    except ValueError:
        return None
    return found[0].start_mark.line + 1 if found else None


def edited(text: str, edits: Iterable[Edit]) -> str:
    """The text with parts of it written anew; the parts must not overlap."""
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def with_values_of(text: str, other: str, settings: Iterable[str]) -> tuple[str, list[str]]:
    """Give settings, or sections of them, the values that another text has for them.

    Args:
        text: The stack file.
        other: Where the values are.
        settings: Such as `api.memory.limit`, or `api.memory`.

    Returns:
        The text, and those that both texts have; the others stay as they are.
    """
    edits: dict[str, list[Edit]] = {}
    ours, theirs = compose(text), compose(other)
    for setting in sorted(settings, key=len):
        here, there = _find(ours, setting), _find(theirs, setting)
        covered = any(f"{setting}.".startswith(f"{above}.") for above in edits)
        if here and there and not covered and (found := list(_values(here[1], there[1], other))):
            edits[setting] = found
    return edited(text, (edit for found in edits.values() for edit in found)), list(edits)


def _values(here: yaml.Node, there: yaml.Node, other: str) -> Iterator[Edit]:
    """Write one node's values into another; a block is bound to its place by its indentation, so its parts are."""
    if _is_inline(here) and _is_inline(there):
        new = other[there.start_mark.index : there.end_mark.index]
        yield here.start_mark.index, here.end_mark.index, new
        return
    for key, value in children(here) if isinstance(here, yaml.MappingNode) else ():
        if found := below(there, str(key.value)):
            yield from _values(value, found[1], other)


def changed(known: str, text: str) -> dict[str, str]:
    """Settings that are other texts than before, by what they were.

    Args:
        known: The stack file as it was.
        text: As it is now.
    """
    sections = [(name, section(known, name), section(text, name)) for name in _sections(known)]
    return {was: setting for name, *values in sections for setting, was in _other_texts(name, *values)}


def _sections(text: str) -> list[str]:
    found = config_of(compose(text))
    keys = [str(key.value) for key, _ in children(found[1])] if found else []
    return [key.removeprefix(f"{PROJECT}:") for key in keys if key.startswith(f"{PROJECT}:")]


def _other_texts(setting: str, was: Any, now: Any) -> Iterator[tuple[str, str]]:
    if isinstance(was, dict):
        for key, value in was.items():
            yield from _other_texts(f"{setting}.{key}", value, now.get(key) if isinstance(now, dict) else None)
    elif isinstance(was, str) and was != now:
        yield setting, was


def path_of(setting: str) -> tuple[str, ...]:
    """The keys from the file's root to a setting."""
    section, *rest = setting.split(".")
    return (_CONFIG, f"{PROJECT}:{section}", *rest)


def exemptions(text: str) -> list[Any]:
    """The entries of the exemptions' section; what is no list is one entry, for the policies to refuse."""
    entries = section(text, "exemptions")
    return entries if isinstance(entries, list) else [] if entries is None else [entries]


def section(text: str, name: str) -> Any:
    """A section as plain data, None if it is not there or the file cannot be read."""
    try:
        document = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):  # a ValueError is a date that is none
        return None
    config = document.get(_CONFIG) if isinstance(document, dict) else None
    return config.get(f"{PROJECT}:{name}") if isinstance(config, dict) else None


def children(node: yaml.Node | None) -> Sequence[tuple[yaml.Node, yaml.Node]]:
    """The keys and values of a mapping, the items of a list as both."""
    if isinstance(node, yaml.MappingNode):
        pairs: list[tuple[yaml.Node, yaml.Node]] = node.value
        return pairs
    return [(item, item) for item in node.value] if isinstance(node, yaml.SequenceNode) else ()


def below(node: yaml.Node | None, key: str) -> tuple[yaml.Node, yaml.Node] | None:
    """The node of a key, or of a place in a list, and that of its value."""
    pairs = children(node)
    if isinstance(node, yaml.SequenceNode):
        return pairs[int(key)] if key.isdecimal() and int(key) < len(pairs) else None
    return next((pair for pair in pairs if pair[0].value == key), None)


def secrets_of(root: yaml.Node | None) -> yaml.Node | None:
    """The section that holds the secrets' values."""
    found = _follow(root, (_CONFIG, f"{PROJECT}:{CONFIG_KEY}"))
    return found[1] if found else None


def config_of(root: yaml.Node | None) -> tuple[yaml.Node, yaml.MappingNode] | None:
    """The key and the value of the stack's config; None if it is not there, or is no mapping."""
    found = below(root, _CONFIG)
    return (found[0], found[1]) if found and isinstance(found[1], yaml.MappingNode) else None


def quoted(value: str) -> str:
    """A text as YAML takes it anywhere."""
    return json.dumps(value)


def _find(root: yaml.Node | None, setting: str) -> tuple[yaml.Node, yaml.Node] | None:
    return _follow(root, path_of(setting))


def _follow(root: yaml.Node | None, path: Iterable[str]) -> tuple[yaml.Node, yaml.Node] | None:
    found: tuple[yaml.Node, yaml.Node] | None = None
    node = root
    for key in path:
        found = below(node, key)
        if found is None:
            return None
        node = found[1]
    return found


def _is_inline(node: yaml.Node) -> bool:
    """Whether a value can stand anywhere."""
    if isinstance(node, yaml.ScalarNode):
        return node.style not in {"|", ">"}
    return bool(getattr(node, "flow_style", False))
