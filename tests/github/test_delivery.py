from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from infra.errors import PreconditionError
from infra.github.delivery import LARGEST, Run, read
from policies.inputs import manifests
from policies.judging.assess import assess
from policies.judging.exemptions import Declared
from policies.reports import render

if TYPE_CHECKING:
    from pathlib import Path

SHA = "0123456789abcdef0123456789abcdef01234567"
POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "p", "namespace": "production"},
    "spec": {"hostNetwork": True, "containers": [{"name": "c", "image": "c:latest"}]},
}
EVENT = {
    "workflow_run": {
        "head_sha": SHA,
        "head_repository": {"full_name": "stranger/rez-infra"},
        "html_url": "https://github.com/rezapp/rez-infra/actions/runs/41",
    }
}


def sarif(**changed: Any) -> dict[str, Any]:
    run: dict[str, Any] = {"tool": {"driver": {"name": "rez preview", "rules": []}}, "results": []}
    return {"version": "2.1.0", "runs": [run | changed]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "number").write_text("7\n")
    (tmp_path / "report.md").write_text("### Preview: passed\n")
    (tmp_path / "preview.sarif").write_text(json.dumps(sarif()))
    return tmp_path


def pull(sha: str = SHA, repository: str | None = "stranger/rez-infra", state: str = "open") -> dict[str, Any]:
    return {"state": state, "head": {"sha": sha, "repo": repository and {"full_name": repository}}}


def test_what_a_preview_left_is_read(folder: Path) -> None:
    found = read(folder)
    assert (found.number, found.report, found.findings) == (7, "### Preview: passed\n", True)


def test_a_preview_that_was_refused_left_no_findings(folder: Path) -> None:
    (folder / "preview.sarif").unlink()
    assert read(folder).findings is False


@pytest.mark.parametrize("name", ["number", "report.md"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(PreconditionError, match=name):
        read(folder)


@pytest.mark.parametrize("name", LARGEST)
def test_a_link_to_a_file_of_ours_is_not_followed(folder: Path, tmp_path: Path, name: str) -> None:
    (folder / name).rename(folder / "secret")
    (folder / name).symlink_to(folder / "secret")
    with pytest.raises(PreconditionError, match=name):
        read(folder)


@pytest.mark.parametrize("name", LARGEST)
def test_a_pipe_is_no_file_and_is_not_waited_for(folder: Path, name: str) -> None:
    (folder / name).unlink()
    os.mkfifo(folder / name)
    with pytest.raises(PreconditionError, match=f"{name}: is no ordinary file"):
        read(folder)


@pytest.mark.parametrize("name", LARGEST)
def test_a_file_that_is_too_large_is_refused(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"1" * (LARGEST[name] + 1))
    with pytest.raises(PreconditionError, match=f"{name}: is larger than"):
        read(folder)


@pytest.mark.parametrize("name", LARGEST)
def test_bytes_that_are_no_text_are_refused(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"\xff\xfe")
    with pytest.raises(PreconditionError, match=f"{name}: is no UTF-8"):
        read(folder)


@pytest.mark.parametrize("number", ["", "0", "-1", "7; rm -rf /", "$(id)", "7\n8", "1e3", "\u0667"])
def test_a_number_is_a_number(folder: Path, number: str) -> None:
    (folder / "number").write_text(number)
    with pytest.raises(PreconditionError, match="is no number of a pull request"):
        read(folder)


@pytest.mark.parametrize(
    "log",
    [
        "junk",
        "[]",
        "{}",
        "[" * 100_000,
        json.dumps({"version": "2.1.0", "runs": []}),
        json.dumps({"version": "2.1.0", "runs": [sarif()["runs"][0]] * 2}),
        json.dumps(sarif() | {"version": "2.0.0"}),
        json.dumps(sarif(tool={"driver": {"name": "CodeQL"}})),
        json.dumps(sarif(tool={"driver": {"name": 7}})),
        json.dumps(sarif(tool=None)),
        json.dumps(sarif(results=[{}] * 1001)),
        json.dumps(sarif(automationDetails={"id": "codeql/"})),
    ],
)
def test_findings_in_another_tools_name_are_refused(folder: Path, log: str) -> None:
    (folder / "preview.sarif").write_text(log)
    with pytest.raises(PreconditionError, match=r"preview\.sarif"):
        read(folder)


def test_the_findings_that_the_policies_report_are_accepted(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "pod.json").write_text(json.dumps(POD))
    found = assess(
        manifests.read([str(tmp_path / "pod.json")]),
        stack="production",
        declared=Declared(),
        today=datetime.now(UTC).date(),
    )
    assert found.findings
    (folder / "preview.sarif").write_text(render(found, "sarif"))
    assert read(folder).number == 7


def test_a_run_is_about_the_head_that_github_says_it_ran_on() -> None:
    assert Run.of(EVENT).mismatch(pull()) == ""


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (pull(sha="f" * 40), "its head is ffffffff, and the preview is of 01234567"),
        (pull(repository="rezapp/rez-infra"), "its head is not in stranger/rez-infra"),
        (pull(repository=None), "its head is not in stranger/rez-infra"),
        (pull(state="closed"), "it is closed"),
    ],
)
def test_another_pull_requests_number_does_not_match(found: dict[str, Any], why: str) -> None:
    assert Run.of(EVENT).mismatch(found) == why


@pytest.mark.parametrize("event", [{}, {"workflow_run": None}, {"pull_request": {}}])
def test_another_event_is_refused(event: dict[str, Any]) -> None:
    with pytest.raises(PreconditionError, match="no workflow_run"):
        Run.of(event)
