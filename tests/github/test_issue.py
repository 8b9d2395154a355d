from __future__ import annotations

from typing import TYPE_CHECKING

from infra.github.api import Api
from infra.github.issue import mark, report, settle

if TYPE_CHECKING:
    from tests.github.hub import Hub

TITLE = "Drift on production"
URL = "https://github.com/rezapp/rez-infra/actions/runs/42"
LATER = URL.replace("42", "43")
STRANGER = {"login": "stranger"}


def test_a_finding_opens_an_issue(hub: Hub) -> None:
    assert report(Api.of_job(hub.env()), TITLE, "memory 1Gi -> 2Gi by kubectl-edit\n", URL) == "opened issue 1"
    (found,) = hub.issues
    assert found["title"] == TITLE
    assert found["body"].startswith(f"{mark(TITLE)}\nmemory 1Gi -> 2Gi by kubectl-edit\n")
    assert URL in found["body"]


def test_another_finding_of_the_kind_changes_the_issue_that_is_open(hub: Hub) -> None:
    api = Api.of_job(hub.env())
    report(api, TITLE, "one", URL)
    assert report(api, TITLE, "two", LATER) == "updated issue 1"
    (found,) = hub.issues
    assert "two" in found["body"]
    assert LATER in found["body"]


def test_the_same_finding_leaves_the_issue_alone(hub: Hub) -> None:
    api = Api.of_job(hub.env())
    report(api, TITLE, "one", URL)
    assert report(api, TITLE, "one", LATER) == "issue 1 says so already"
    assert URL in hub.issues[0]["body"]
    assert hub.writes == ["POST /issues"]


def test_when_nothing_is_found_any_more_the_issue_is_closed_with_a_word(hub: Hub) -> None:
    api = Api.of_job(hub.env())
    report(api, TITLE, "one", URL)
    assert settle(api, TITLE, LATER) == "closed issue 1"
    assert hub.issues[0]["state"] == "closed"
    assert LATER in hub.comments[1][0]["body"]
    assert settle(api, TITLE, LATER) == "no issue is open"


def test_a_closed_issue_is_not_opened_again_but_a_new_one_is(hub: Hub) -> None:
    api = Api.of_job(hub.env())
    report(api, TITLE, "one", URL)
    settle(api, TITLE, URL)
    assert report(api, TITLE, "one", LATER) == "opened issue 2"


def test_issues_of_others_and_of_other_kinds_are_left_alone(hub: Hub) -> None:
    hub.issue(TITLE, f"{mark(TITLE)}\nmine", STRANGER)
    hub.issue("Exemptions", f"{mark('Exemptions')}\nx")
    hub.issue(TITLE, f"{mark(TITLE)}\nx", pull_request={})
    hub.issue("An empty one", "") | {"body": None}
    api = Api.of_job(hub.env())
    assert settle(api, TITLE, URL) == "no issue is open"
    assert report(api, TITLE, "one", URL) == "opened issue 5"


def test_an_issue_is_known_by_its_mark_whatever_its_title_became(hub: Hub) -> None:
    api = Api.of_job(hub.env())
    report(api, TITLE, "one", URL)
    hub.issues[0]["title"] = "Drift (known, see INC-7)"
    assert report(api, TITLE, "two", URL) == "updated issue 1"
