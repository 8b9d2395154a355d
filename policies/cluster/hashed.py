"""Objects that are never changed in place: immutable, and named by a hash of their content."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.node import Node, Violation

_HASHED: Final = re.compile(r".+-([0-9a-f]{8,64}|[24-9bcdfghkmt]{10})")
"""Of our own kind, or as Kustomize's generators write it: hex in letters of its own."""


def unhashed(node: Node) -> Iterator[Violation]:
    """Report what keeps an object from being immutable and named by its content.

    Args:
        node: A ConfigMap or a Secret.

    Yields:
        The violations.
    """
    if node.get("immutable") is not True:
        yield node.must("immutable", be="be true")
    if _HASHED.fullmatch(node.text("metadata", "name")) is None:
        yield node.must("metadata", "name", be="end in - and a hash of the data (8 or more hex digits, or Kustomize's)")
