"""Choices that look like chance and are the same in every run: each follows from a name alone."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")


@dataclass(frozen=True)
class Draw:
    """The choices of one object.

    Attributes:
        key: What the object is called; another key gives other choices.
    """

    key: str

    def digest(self, what: str) -> str:
        """64 hex digits, as of an image or of a ConfigMap's data."""
        return hashlib.sha256(f"{self.key}/{what}".encode()).hexdigest()

    def number(self, what: str, least: int, most: int) -> int:
        """A number from `least` to `most`, both included."""
        return least + int(self.digest(what)[:8], 16) % (most - least + 1)

    def pick(self, what: str, options: Sequence[T]) -> T:
        """One of the options."""
        return options[self.number(what, 0, len(options) - 1)]

    def happens(self, what: str, percent: int) -> bool:
        """Whether something happens that does in so many of a hundred cases."""
        return self.number(what, 1, 100) <= percent

    def within(self, part: str) -> Draw:
        """The choices of a part of the object."""
        return Draw(f"{self.key}/{part}")
