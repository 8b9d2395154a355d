"""What objects are called in messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies.objects.node import shown

if TYPE_CHECKING:
    from policies.objects.node import Node


def called(node: Node, kind: str = "") -> str:
    """Name an object in a message; a name that Pulumi marks as secret is not told.

    Args:
        node: The object.
        kind: What to call its kind, if not as it does itself.

    Returns:
        Its kind and its name.
    """
    return f"{kind or node.text('kind')} {shown(node.at('metadata', 'name').value)}"
