"""When a request is tried again: how often, and after how long."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final

ATTEMPTS: Final = 4
LONGEST_WAIT_S: Final = 20.0
"""A server that asks for more is left alone; the person is told when to come again."""

_FIRST_WAIT_S: Final = 0.5


def is_passing(status: int) -> bool:
    """Whether an answer may be another one soon."""
    return status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR


def wait_s(attempt: int, retry_after: str, *, now: datetime) -> float:
    """How long to wait before the next try.

    Args:
        attempt: How many tries there were, >= 1.
        retry_after: The server's `Retry-After`, "" if it has none: seconds, or a date.
        now: The present, UTC.
    """
    asked = _asked_s(retry_after.strip(), now)
    return _FIRST_WAIT_S * 2 ** (attempt - 1) if asked is None else asked


def _asked_s(text: str, now: datetime) -> float | None:
    if text.isascii() and text.isdecimal():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds())
