"""Paths of properties as the engine writes them: `spec.ports[0].port`, `metadata.labels["example.com/name"]`."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Final

from policies.objects.node import Node

if TYPE_CHECKING:
    from collections.abc import Iterable

    from policies.objects.node import Step

_STEP: Final = re.compile(r'\["((?:[^"\\]|\\.)*)"\]|\[(\d{1,9})\]|([^.\[]+)')


def parse(path: str) -> tuple[Step, ...]:
    """Read a path."""
    return tuple(int(index) if index else quoted or name for quoted, index, name in _STEP.findall(path))


def render(steps: Iterable[Step]) -> str:
    """Write a path of plain keys and places in lists."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    return text.removeprefix(".")


def follow(node: Node, steps: Iterable[Step]) -> Node:
    """Go along a path; what is not there is a node of None."""
    for step in steps:
        below = islice(node.each(), step, None) if isinstance(step, int) else iter((node.at(step),))
        node = next(below, Node(None, node, (step,)))
    return node
