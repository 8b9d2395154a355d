"""A cursor over a plain manifest that knows where it stands, so that a rule reads a field and names it in one go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from policies.values import Manifest, Secret, Unknown, reveal

if TYPE_CHECKING:
    from collections.abc import Iterator

SHOWN_CHARACTERS: Final = 80
"""Longer values are cut in messages."""


class UndeterminedError(Exception):
    """A rule read a value that is not known yet.

    Attributes:
        field: Where the unknown value is.
    """

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@dataclass(frozen=True, slots=True)
class Violation:
    """One field that breaks a rule.

    Attributes:
        field: Its path in the object, containers and the like by name.
        value: The value as it may be shown: secrets are masked.
        must: What must hold instead, to be read after "must".
    """

    field: str
    value: str
    must: str


class Node:
    """A value inside a manifest. Reading never fails on odd shapes: what is not there reads as None.

    Attributes:
        value: The value here, possibly Unknown or Secret.
        field: The path from the object's root, "" for the root.
        root: The node of the whole object.
    """

    __slots__ = ("field", "root", "value")

    def __init__(self, value: Any, field: str = "", root: Node | None = None) -> None:
        self.value = value
        self.field = field
        self.root: Node = self if root is None else root

    def at(self, *keys: str) -> Node:
        """Go to a field without judging whether it is there or known."""
        value, secret = self.value, False
        for key in keys:
            secret = secret or isinstance(value, Secret)
            value = reveal(value)
            if isinstance(value, Unknown):
                break
            value = value.get(key) if isinstance(value, dict) else None
        return Node(Secret(value) if secret and value is not None else value, self.path(*keys), self.root)

    def path(self, *keys: str) -> str:
        """Name a field below this one."""
        return ".".join((self.field, *keys)) if self.field else ".".join(keys)

    def get(self, *keys: str) -> Any:
        """Read a field.

        Args:
            keys: The keys on the way; none reads the node itself.

        Returns:
            Plain data, or None where nothing is.

        Raises:
            UndeterminedError: When the field, or what holds it, is not known yet.
        """
        node = self.at(*keys)
        value = reveal(node.value)
        if isinstance(value, Unknown):
            raise UndeterminedError(node.field)
        return value

    def integer(self, *keys: str) -> int | None:
        """Read a whole number; anything else reads as None."""
        value = self.get(*keys)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def text(self, *keys: str) -> str:
        """Read a string; anything else reads as ""."""
        value = self.get(*keys)
        return value if isinstance(value, str) else ""

    def mapping(self, *keys: str) -> Manifest:
        """Read an object; anything else reads as {}. Its values may be Unknown or Secret."""
        value = self.get(*keys)
        return value if isinstance(value, dict) else {}

    def each(self, *keys: str) -> Iterator[Node]:
        """Go through a list's items. An unknown list is one unknown item: the others are still judged."""
        node = self.at(*keys)
        secret = isinstance(node.value, Secret)
        items = reveal(node.value)
        if isinstance(items, Unknown):
            yield Node(items, f"{node.field}[*]", self.root)
        for index, item in enumerate(items if isinstance(items, list) else ()):
            yield Node(Secret(item) if secret else item, f"{node.field}[{_label(item, index)}]", self.root)

    def must(self, *keys: str, be: str) -> Violation:
        """Report the field as breaking the rule.

        Args:
            keys: The keys to the field.
            be: What must hold, to be read after "must".

        Returns:
            The violation, with the value as it may be shown.
        """
        node = self.at(*keys)
        return Violation(field=node.field, value=shown(node.value), must=be)


def shown(value: Any) -> str:
    """Print a value for a message: short, on one line, secrets masked.

    Args:
        value: Any decoded value.

    Returns:
        The text, "not set" for None.
    """
    if value is None:
        return "not set"
    text = {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
    text = " ".join(text.split()) or '""'
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"


def _label(item: Any, index: int) -> str:
    name = item.get("name") if isinstance(item, dict) else None
    return name if isinstance(name, str) and name else str(index)
