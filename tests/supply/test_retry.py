from __future__ import annotations

from datetime import UTC, datetime

import pytest

from infra.supply import retry

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("attempt", "retry_after", "wait_s"),
    [
        (1, "", 0.5),
        (2, "", 1.0),
        (3, "soon", 2.0),
        (3, "-1", 2.0),
        (3, "7", 7.0),
        (3, " 0 ", 0.0),
        (1, "Mon, 23 Nov 2026 12:00:09 GMT", 9.0),
        (1, "Mon, 23 Nov 2026 12:00:09 -0000", 9.0),
        (1, "Mon, 23 Nov 2026 11:00:00 GMT", 0.0),
        (1, "Mon, 99 Nov 2026 11:00:00 GMT", 0.5),
        (1, "٣", 0.5),
    ],
)
def test_the_wait_is_what_the_server_asks_for_else_twice_the_last(
    attempt: int, retry_after: str, wait_s: float
) -> None:
    assert retry.wait_s(attempt, retry_after, now=NOW) == wait_s


@pytest.mark.parametrize(("status", "passing"), [(200, False), (404, False), (429, True), (500, True), (503, True)])
def test_only_some_failures_pass(status: int, *, passing: bool) -> None:
    assert retry.is_passing(status) is passing
