"""A stack file for a run without credentials: every secret has a value that is none. Pure."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import yaml

from infra.preview.stack_text import Edit, children, compose, config_of, edited, quoted, secrets_of
from infra.settings.inventory import CONFIG_KEY
from infra.settings.stack_file import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_ENCRYPTED: Final = "secure"
_DIGITS: Final = 12


def with_dummies(text: str, inventory: Iterable[str]) -> str:
    """Put dummies in the place of secrets.

    Args:
        text: The stack file.
        inventory: Names of the secrets that the program asks for.

    Returns:
        The config alone, without what says how its secrets are encrypted. A value that is encrypted becomes a dummy
        that changes when its encrypted text does, so that a rotated secret shows; one that is missing becomes a
        constant.

    Raises:
        ValueError: It is no YAML, or has no config.
    """
    root = compose(text)
    found = config_of(root)
    if found is None:
        raise ValueError(f"has no `config:`; write the sections below it as {PROJECT}:<section>")
    key, config = found
    edits = [*_encrypted(config), *_missing(config, secrets_of(root), inventory)]
    # The salt and the key's name belong to values that are not here.
    outside = [(0, key.start_mark.index, ""), (config.end_mark.index, len(text), "")]
    return edited(text, [*outside, *edits])


def present(text: str) -> set[str]:
    """Names of the secrets that have a value in a stack file; none in one that cannot be read."""
    try:
        return {str(key.value) for key, _ in children(secrets_of(compose(text)))}
    except ValueError:
        return set()


def _encrypted(node: yaml.Node, name: str = "value") -> Iterator[Edit]:
    for key, value in children(node):
        own = str(key.value) if isinstance(key, yaml.ScalarNode) else name
        inside = children(value)
        if isinstance(value, yaml.MappingNode) and [each.value for each, _ in inside] == [_ENCRYPTED]:
            text = str(inside[0][1].value)
            digest = hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]
            yield value.start_mark.index, value.end_mark.index - _trailing(value), quoted(f"dummy-{own}-{digest}")
        else:
            yield from _encrypted(value, own)


def _trailing(value: yaml.Node) -> int:
    """Characters after a block that its node counts in: the way to the next key."""
    last = children(value)[-1][1]
    return 0 if getattr(value, "flow_style", False) else value.end_mark.index - last.end_mark.index


def _missing(config: yaml.MappingNode, secrets: yaml.Node | None, inventory: Iterable[str]) -> Iterator[Edit]:
    known = {str(key.value) for key, _ in children(secrets)}
    entries = [f"{quoted(name)}: {quoted(f'dummy-{name}')}" for name in inventory if name not in known]
    if not entries:
        return
    if isinstance(secrets, yaml.MappingNode) and secrets.value:
        yield _inserted(secrets, entries)
    elif secrets is not None:
        yield secrets.start_mark.index, secrets.end_mark.index, f" {{{', '.join(entries)}}}"
    elif config.value:
        yield _inserted(config, [f"{quoted(f'{PROJECT}:{CONFIG_KEY}')}: {{{', '.join(entries)}}}"])


def _inserted(mapping: yaml.MappingNode, entries: list[str]) -> Edit:
    """Write entries before a mapping's first one, in its own style."""
    first = mapping.value[0][0].start_mark
    separator = ", " if mapping.flow_style else f"\n{' ' * first.column}"
    return first.index, first.index, "".join(f"{entry}{separator}" for entry in entries)
