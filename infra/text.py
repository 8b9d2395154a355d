"""Text for one line of a terminal or a log, whatever it was made of."""

from __future__ import annotations


def line(message: object, *, limit: int | None = 300) -> str:
    """A message on one line, shortened to the limit; None keeps all of it."""
    flat = " ".join(str(message).split())
    return flat if limit is None or len(flat) <= limit else flat[: limit - 1] + "…"
