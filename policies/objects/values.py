"""What a decoded value can be besides plain data: not yet known, or secret."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

Manifest = dict[str, Any]
"""A Kubernetes object (or a part of one) as a camelCase dict."""


class Unknown:
    """A value that only the update itself will tell."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "[unknown]"


UNKNOWN: Final = Unknown()


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A value that Pulumi marks as secret: rules may look at it, nobody may print it.

    Attributes:
        value: The value itself: plain data, or Unknown.
    """

    value: Any

    def __repr__(self) -> str:
        return "[secret]"


def reveal(value: Any) -> Any:
    """Take the secret mark off, however often it was put on.

    Args:
        value: Any decoded value.

    Returns:
        The value inside the marks.
    """
    while type(value) is Secret:
        value = value.value
    return value
