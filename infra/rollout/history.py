"""The ledger as people and machines read it, and what its chain proves."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from infra.errors import DriftFound, PreconditionError
from infra.rollout import chain
from infra.text import aligned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infra.rollout.chain import Link
    from infra.rollout.record import Record

_LIMITS: Final = (
    "a chain shows that no record was changed, taken out or moved after it was written; it cannot show that its newest "
    "records were not cut off, or all of it written anew: for that, keep the head elsewhere and give it with --head"
)


@dataclass(frozen=True)
class Proof:
    """What a ledger's chain proves.

    Attributes:
        head: The newest record's hash, worth keeping elsewhere; "" for an empty ledger.
        number: The newest record's number.
        oldest: The oldest record's number.
        unproven: How many of the oldest records were written before there was a chain.
        since_head: How many records came after the head that was kept elsewhere; None if none was given.
    """

    head: str
    number: int
    oldest: int
    unproven: int
    since_head: int | None

    def lines(self) -> list[str]:
        """The proof for a person."""
        if not self.number:
            return ["the ledger is empty: nothing to verify"]
        found = [f"records {self.oldest} to {self.number}: as they were written, none is missing"]
        if self.unproven:
            found.append(f"records up to {self.oldest + self.unproven - 1}: from before the chain, not proven")
        if self.since_head is not None:
            found.append(f"the given head is in it; records since: {self.since_head}")
        return [*found, f"head {self.head}", *([_LIMITS] if self.since_head is None else [])]


def verify(links: Sequence[Link], *, head: str | None = None) -> Proof:
    """Check the ledger's chain.

    Args:
        links: All objects that claim to be records, oldest first.
        head: A head that was kept elsewhere.

    Raises:
        DriftFound: The first record that is not as it was written, or a ledger that does not know the head.
    """
    if broken := chain.first_break(links):
        raise DriftFound(f"ledger: {broken}")
    newest, oldest = (links[-1], links[0]) if links else (None, None)
    return Proof(
        head=newest.digest if newest else "",
        number=newest.number if newest else 0,
        oldest=oldest.number if oldest else 0,
        unproven=sum(not link.chained for link in links),
        since_head=None if head is None else _since(links, head),
    )


def _since(links: Sequence[Link], head: str) -> int:
    if not head.startswith("sha256:"):
        raise PreconditionError(
            f"--head {head[:80]}: is no head; it is sha256: and 64 digits, as this command prints it"
        )
    known = {link.digest: len(links) - at for at, link in enumerate(links, start=1)}
    if links and (pruned := links[0].data.get("previous")):
        known[str(pruned)] = len(links)  # the record before the oldest that is kept
    if head not in known:
        raise DriftFound(
            f"ledger: none of its {len(links)} records is the given head {head}: the newest records were cut off or "
            "written anew, or the head is older than what is kept"
        )
    return known[head]


def as_json(history: Sequence[Record]) -> list[dict[str, Any]]:
    """The records for machines, newest first."""
    return [{**asdict(record), "seconds": record.seconds} for record in reversed(history)]


def lines(history: Sequence[Record]) -> list[str]:
    """The records for a person, newest first."""
    rows = [
        (
            str(record.number),
            record.version,
            record.outcome,
            record.finished,
            "" if record.seconds is None else f"{record.seconds:.0f} s",
            record.by,
            record.reason,
        )
        for record in reversed(history)
    ]
    titles = ("no", "version", "outcome", "finished", "took", "by", "why")
    return aligned([titles, *rows]) if rows else []
