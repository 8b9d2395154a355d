"""A cursor over a plain manifest that knows where it stands, so that a rule reads a field and names it in one go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from policies.credentials.values import credential
from policies.objects.values import Manifest, Secret, Unknown, reveal

if TYPE_CHECKING:
    from collections.abc import Iterator

Step = str | int
"""A key, or a place in a list."""

SHOWN_CHARACTERS: Final = 80
"""Longer values are cut in messages."""

_ANY: Final = -1


class UndeterminedError(Exception):
    """A rule read a value that is not known yet.

    Attributes:
        field: Where the unknown value is.
    """

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class Violation(NamedTuple):
    """One field that breaks a rule.

    Attributes:
        node: The field.
        value: The value as it may be shown: secrets are masked.
        must: What must hold instead, to be read after "must".
    """

    node: Node
    value: str
    must: str


class Node:
    """A value inside a manifest. Reading never fails on odd shapes: what is not there reads as None.

    Attributes:
        value: The value here, possibly Unknown or Secret.
        root: The node of the whole object.
    """

    __slots__ = ("_above", "_own", "root", "value")

    def __init__(self, value: Any, above: Node | None = None, own: tuple[Step, ...] = ()) -> None:
        self.value = value
        self.root: Node = self if above is None else above.root
        self._above = above
        self._own = own

    @property
    def steps(self) -> tuple[Step, ...]:
        """The way here from the root: keys, and places in lists (-1 in a list that is not known yet)."""
        steps: tuple[Step, ...] = ()
        node = self
        while node._above is not None:
            steps = node._own + steps
            node = node._above
        return steps

    @property
    def field(self) -> str:
        """The path from the root for people, items of lists by their name; "" for the root."""
        path = ""
        node = self
        while node._above is not None:
            own = node._own
            if isinstance(own[0], int):
                path = f"[{_label(node.value, own[0])}]{path}"
            else:
                path = f".{'.'.join(map(str, own))}{path}"
            node = node._above
        return path.removeprefix(".")

    @property
    def name(self) -> str:
        """The last key on the way here, "" for the root and for items of lists."""
        last = self._own[-1] if self._own else ""
        return last if isinstance(last, str) else ""

    def at(self, *keys: str) -> Node:
        """Go to a field without judging whether it is there or known."""
        if not keys:
            return self
        value = self.value
        for key in keys:
            if type(value) is not dict:
                value = None if value is None else _marked(self.value, keys)
                break
            value = value.get(key)
        return Node(value, self, keys)

    def get(self, *keys: str) -> Any:
        """Read a field.

        Args:
            keys: The keys on the way; none reads the node itself.

        Returns:
            Plain data, or None where nothing is.

        Raises:
            UndeterminedError: When the field, or what holds it, is not known yet.
        """
        value = self.value
        for key in keys:
            if type(value) is not dict:
                value = None if value is None else _marked(self.value, keys)
                break
            value = value.get(key)
        if type(value) is Secret:
            value = reveal(value)
        if type(value) is Unknown:
            raise UndeterminedError(self.at(*keys).field)
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
        if node.value is None:
            return iter(())
        if type(node.value) is list:
            return iter([Node(item, node, (index,)) for index, item in enumerate(node.value)])
        return _marked_items(node)

    def must(self, *keys: str, be: str, value: str | None = None) -> Violation:
        """Report the field as breaking the rule.

        Args:
            keys: The keys to the field.
            be: What must hold, to be read after "must".
            value: What to show instead of the value.

        Returns:
            The violation, with the value as it may be shown.
        """
        node = self.at(*keys)
        return Violation(node=node, value=shown(node.value, node.name) if value is None else value, must=be)


def _marked(value: Any, keys: tuple[str, ...]) -> Any:
    """What is below a value that is unknown or secret somewhere on the way: so is what is inside."""
    secret = False
    for key in keys:
        secret = secret or isinstance(value, Secret)
        value = reveal(value)
        if isinstance(value, Unknown):
            break
        value = value.get(key) if isinstance(value, dict) else None
    return Secret(value) if secret and value is not None else value


def _marked_items(node: Node) -> Iterator[Node]:
    """The items of a list that is unknown or secret; what is no list has none."""
    items = reveal(node.value)
    if isinstance(items, Unknown):
        yield Node(items, node, (_ANY,))
    for index, item in enumerate(items if isinstance(items, list) else ()):
        yield Node(Secret(item), node, (index,))


def shown(value: Any, name: str = "") -> str:
    """Print a value for a message: short, on one line, secrets masked.

    Args:
        value: Any decoded value.
        name: The field's name, which may say that a credential stands here.

    Returns:
        The text, "not set" for None; of a credential in plain text only what it is.
    """
    if value is None:
        return "not set"
    text = " ".join(_text(value).split()) or '""'
    if not isinstance(value, bool | int | float) and (what := credential(name, text)):
        return f"[{what}]"
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):  # in order: the engine's messages keep none
        return f"{{{', '.join(f'{key}: {_text(value[key])}' for key in sorted(value, key=str))}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_text, value))}]"
    return "null" if value is None else str(value)


def _label(item: Any, index: int) -> str:
    if index == _ANY:
        return "*"
    name = item.get("name") if isinstance(item, dict) else None  # nothing that is marked as secret is told
    return name if isinstance(name, str) and name else str(index)
