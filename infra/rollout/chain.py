"""The hash chain of the ledger: each record names the hash of the one before, so that none can be changed unseen.

Whoever may write ConfigMaps can also write a whole new chain. What a chain proves, it proves against a head (the hash
of the newest record) that was kept elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

HASH: Final = "hash"
"""The key of a record's own hash in its data."""


@dataclass(frozen=True)
class Link:
    """A record as the chain sees it.

    Attributes:
        name: The object's name, for messages.
        number: From 1; 0 for an object that is no record.
        data: All that the object says, unread keys too.
    """

    name: str
    number: int
    data: Mapping[str, Any]

    @property
    def chained(self) -> bool:
        """Whether it was written since there is a chain."""
        return not {HASH, "previous"}.isdisjoint(self.data)

    @property
    def digest(self) -> str:
        """The hash of what it says now."""
        return digest(self.number, self.data)

    @property
    def pruned(self) -> tuple[int, str]:
        """The newest record that was pruned when this one was written: number, and hash if it was known."""
        number, _, known = str(self.data.get("anchor", "")).partition(" ")
        return (int(number) if number.isdecimal() else 0), known


def digest(number: int, data: Mapping[str, Any]) -> str:
    """The hash of a record.

    Args:
        number: Its number.
        data: Its data; an earlier hash in it is left out.

    Returns:
        `sha256:` and 64 hexadecimal digits, over canonical JSON.
    """
    content = {"number": number, "data": {key: value for key, value in data.items() if key != HASH}}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def anchor(kept: Link | None, pruned: Link | None, head: Link | None) -> str:
    """What the next record has to say about those that are no longer kept.

    Args:
        kept: The oldest record that stays.
        pruned: The newest record that goes now, if any does.
        head: The newest record.
    """
    if pruned is not None:
        return f"{pruned.number} {pruned.digest}"
    if head is not None and head.chained:
        return str(head.data.get("anchor", ""))
    return f"{kept.number - 1} " if kept is not None and kept.number > 1 else ""


def first_break(links: Sequence[Link]) -> str:
    """What is wrong with the first record that is not as it was written; "" when the chain holds.

    Args:
        links: The records that are kept, oldest first.
    """
    return next(_breaks(links), "")


def _breaks(links: Sequence[Link]) -> Iterator[str]:
    yield from (f"{link.name}: is no record, and carries the ledger's label" for link in links if not link.number)
    for link in links:
        yield from _own(link)
    if links:
        yield from _start(links[0], links[-1])
    for before, link in pairwise(links):
        yield from _after(before, link)


def _start(oldest: Link, head: Link) -> Iterator[str]:
    number, known = head.pruned
    if head.chained and oldest.number > number + 1:
        yield f"record {number + 1}: is missing: the newest record says that the ledger begins with it"
    if oldest.number == number + 1 and oldest.chained and known not in ("", oldest.data.get("previous")):
        yield f"{oldest.name}: names another record before it than the newest record does"


def _own(link: Link) -> Iterator[str]:
    if link.chained and link.data.get(HASH) != link.digest:
        yield f"{link.name}: was changed: its hash is {link.data.get(HASH)}, and what it says has {link.digest}"


def _after(before: Link, link: Link) -> Iterator[str]:
    if link.number != before.number + 1:
        yield f"record {before.number + 1}: is missing between {before.name} and {link.name}"
    if before.chained and not link.chained:
        yield f"{link.name}: has no hash, and the records before it have one"
    if link.chained and link.data.get("previous") != before.digest:
        yield f"{before.name}: was changed, or is not what {link.name} was written after"
