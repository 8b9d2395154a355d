"""The way back ends where a migration took something from the schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.errors import PreconditionError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infra.manifests.release import Release
    from infra.rollout.record import Record


def newest(history: Sequence[Record]) -> Record | None:
    """The record of the last contracting migration; None if none is known."""
    return next((record for record in reversed(history) if record.outcome == "contracting"), None)


def past(history: Sequence[Record], release: Release) -> Record | None:
    """The contracting migration that a release is not known to live with; None when it may run.

    A release of which nothing is known is taken for a new one.
    """
    contract = newest(history)
    if contract is None or contract.release == release:
        return None
    of_it = [record for record in history if record.release == release]
    served_since = any(record.outcome == "deployed" and record.number > contract.number for record in of_it)
    return contract if of_it and not served_since else None


def refuse(history: Sequence[Record], release: Release, *, stack: str) -> None:
    """Refuse a release that a contracting migration has left behind.

    Raises:
        PreconditionError: With the way forward.
    """
    if contract := past(history, release):
        raise PreconditionError(f"{release.version} on {stack}: {told(contract)}")


def told(contract: Record) -> str:
    """Why there is no way back, and which way leads forward."""
    return (
        f"the migration of {contract.version} contracted the schema at {contract.finished}, and no release before it "
        f"is known to work with what is left; the way forward: deploy {contract.version} or a newer version that does, "
        "or restore the database as it was before"
    )
