from __future__ import annotations

import pytest

from infra.errors import PreconditionError
from infra.github.api import Api
from infra.github.comment import LARGEST, MARK, body, deliver
from infra.github.delivery import Delivery, Run
from tests.github.hub import REPOSITORY, Hub

SHA = "0123456789abcdef0123456789abcdef01234567"
RUN = Run(SHA, REPOSITORY, "https://github.com/rezapp/rez-infra/actions/runs/41")
STRANGER = {"login": "stranger"}
GITHUB_TAKES = 65_536


def test_the_first_preview_is_a_new_comment(hub: Hub) -> None:
    hub.pull(7, SHA)
    assert deliver(Api.of_job(hub.env()), Delivery(7, "### Preview: passed", findings=True), RUN) == ""
    (written,) = hub.comments[7]
    assert written["body"].startswith(f"{MARK}\n### Preview: passed\n")
    assert RUN.url in written["body"]
    assert SHA[:8] in written["body"]


def test_the_next_preview_edits_it_in_place(hub: Hub) -> None:
    hub.pull(7, SHA)
    api = Api.of_job(hub.env())
    hub.comment(7, "first!", STRANGER)
    deliver(api, Delivery(7, "old", findings=True), RUN)
    deliver(api, Delivery(7, "new", findings=True), RUN)
    assert [each["body"].splitlines()[-3 if each["user"] != STRANGER else 0] for each in hub.comments[7]] == [
        "first!",
        "new",
    ]
    assert hub.writes == ["POST /issues/7/comments", "PATCH /issues/comments/1001"]


def test_the_same_preview_writes_nothing(hub: Hub) -> None:
    hub.pull(7, SHA)
    for _ in range(2):
        deliver(Api.of_job(hub.env()), Delivery(7, "same", findings=True), RUN)
    assert hub.writes == ["POST /issues/7/comments"]


def test_a_stranger_who_writes_the_mark_gets_no_edit(hub: Hub) -> None:
    hub.pull(7, SHA)
    hub.comment(7, f"{MARK}\nall is well", STRANGER)
    hub.comment(7, f"quoting {MARK}")
    deliver(Api.of_job(hub.env()), Delivery(7, "real", findings=True), RUN)
    assert hub.writes == ["POST /issues/7/comments"]


def test_our_comment_is_found_behind_many_others(hub: Hub) -> None:
    hub.pull(7, SHA)
    for number in range(150):
        hub.comment(7, f"{number}", STRANGER)
    deliver(Api.of_job(hub.env()), Delivery(7, "old", findings=True), RUN)
    deliver(Api.of_job(hub.env()), Delivery(7, "new", findings=True), RUN)
    assert hub.writes == ["POST /issues/7/comments", "PATCH /issues/comments/1150"]


@pytest.mark.parametrize("pull", [{"sha": "f" * 40}, {"sha": SHA, "repository": "other/fork"}])
def test_nothing_is_written_to_a_pull_request_that_the_run_is_not_about(hub: Hub, pull: dict[str, str]) -> None:
    hub.pull(7, **pull)
    assert deliver(Api.of_job(hub.env()), Delivery(7, "spam", findings=True), RUN).startswith(
        "pull request 7: its head is"
    )
    assert hub.writes == []


def test_a_number_that_is_no_pull_request_is_refused(hub: Hub) -> None:
    with pytest.raises(PreconditionError, match="GET /pulls/8"):
        deliver(Api.of_job(hub.env()), Delivery(8, "spam", findings=True), RUN)
    assert hub.writes == []


def test_a_long_report_is_cut_to_what_github_takes() -> None:
    text = body("| a row | of a table |\n" * 10_000, RUN)
    assert LARGEST < len(text) < GITHUB_TAKES
    assert RUN.url in text


def test_a_strangers_report_calls_nobody() -> None:
    assert "@rezapp" not in body("cc @rezapp/devops <!-- x -->", RUN)
    assert body(f"a {MARK}", RUN).count(MARK) == 1
