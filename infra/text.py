"""Text for one line of a terminal or a log, whatever it was made of."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime


def line(message: object, *, limit: int | None = 300) -> str:
    """A message on one line, shortened to the limit; None keeps all of it."""
    flat = " ".join(str(message).split())
    return flat if limit is None or len(flat) <= limit else flat[: limit - 1] + "…"


def unreadable(error: Exception) -> str:
    """Why a file cannot be read, without its path, which may be that of a copy."""
    return line((isinstance(error, OSError) and error.strerror) or error)


def aligned(rows: Iterable[Sequence[str]]) -> list[str]:
    """Rows of equally many cells as lines, each column as wide as its longest cell."""
    table = [*rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]


def timestamp(moment: datetime) -> str:
    """A moment as ISO 8601 in UTC, to the second."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
