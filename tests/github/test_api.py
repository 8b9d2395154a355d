from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from infra.errors import PreconditionError, RezError, UnavailableError
from infra.github.api import Api
from tests.github.hub import TOKEN, running

if TYPE_CHECKING:
    from tests.github.hub import Hub


@pytest.mark.parametrize("missing", ["GITHUB_API_URL", "GITHUB_REPOSITORY", "GITHUB_TOKEN"])
def test_outside_a_job_it_says_what_is_missing(hub: Hub, missing: str) -> None:
    with pytest.raises(PreconditionError, match=missing):
        Api.of_job({name: value for name, value in hub.env().items() if name != missing})


def test_a_list_is_read_to_its_end(hub: Hub) -> None:
    for number in range(250):
        hub.comment(7, f"comment {number}")
    found = [each["body"] for each in Api.of_job(hub.env()).pages("/issues/7/comments")]
    assert found == [f"comment {number}" for number in range(250)]


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, PreconditionError),
        (403, PreconditionError),
        (404, PreconditionError),
        (422, RezError),
        (429, UnavailableError),
        (500, UnavailableError),
        (503, UnavailableError),
    ],
)
def test_a_refusal_names_what_was_asked_and_keeps_the_token(hub: Hub, status: int, kind: type[RezError]) -> None:
    hub.fails = status
    with pytest.raises(kind) as caught:
        Api.of_job(hub.env()).get("/pulls/7")
    assert type(caught.value) is kind
    assert "GET /pulls/7" in str(caught.value)
    assert "told to fail" in str(caught.value)
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize("header", [{"retry-after": "60"}, {"x-ratelimit-remaining": "0"}])
def test_too_many_requests_are_safe_to_repeat(hub: Hub, header: dict[str, str]) -> None:
    hub.fails, hub.headers = 403, header
    with pytest.raises(UnavailableError, match="safe to repeat"):
        Api.of_job(hub.env()).get("/pulls/7")


def test_a_server_that_is_gone_is_safe_to_ask_again() -> None:
    with running() as hub:
        env = hub.env()
    with pytest.raises(UnavailableError, match="safe to repeat"):
        Api.of_job(env).get("/pulls/7")
