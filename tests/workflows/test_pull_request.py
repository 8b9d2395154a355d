"""preview.yml and comment.yml, as they are written, for a pull request of a fork: the real engine, no credential."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from infra.local.paths import cache
from tests.github.hub import TOKEN, running
from tests.workflows.runner import Run
from tests.workflows.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.github.hub import Hub

pytestmark = pytest.mark.engine

FORK = "stranger/rez-infra"
FILE = "Pulumi.production.yaml"
LESS_MEMORY = (FILE, "memory: {request: 512Mi", "memory: {request: 256Mi")
LOOSER = ("infra/settings/api.py", "request_mib: Mebibytes = Field(ge=512", "request_mib: Mebibytes = Field(ge=128")
NO_BUDGET = ("infra/components/api.py", "(service(settings), pdb(settings))", "(service(settings),)")
BLIND = ("infra/cli/preview.py", "if report.blocked:", "if False:")
FEWER_PODS = (FILE, "max: 10}", "max: 9}")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with Workspace.made(tmp_path_factory.mktemp("pull") / "workspace") as made:
        yield made


@pytest.fixture
def hub() -> Iterator[Hub]:
    with running() as found:
        yield found


def preview(workspace: Workspace, folder: Path) -> Run:
    return Run(
        "preview",
        workspace.root,
        folder,
        event={"number": 7},
        instead={"REZ_CACHE": str(cache())},
        artifacts=folder / "artifacts",
    )


def comment(workspace: Workspace, previewed: Run, hub: Hub, sha: str, **changed: Any) -> Run:
    """The run that GitHub starts when the preview has ended: on the default branch, with its own event."""
    workspace.git("checkout", "-q", "main")
    told = {
        "id": 41,
        "event": "pull_request",
        "conclusion": "failure",
        "head_sha": sha,
        "head_repository": {"full_name": FORK},
        "html_url": "https://github.com/rezapp/rez-infra/actions/runs/41",
    }
    folder = previewed.folder.with_name(f"comment-on-{previewed.folder.name}")
    return Run(
        "comment",
        workspace.root,
        folder,
        event={"workflow_run": told | changed},
        artifacts=previewed.artifacts,
        env={"GITHUB_API_URL": hub.url},
        token=TOKEN,
    )


def test_a_bad_pull_request_is_blocked_and_the_comment_says_why(workspace: Workspace, tmp_path: Path, hub: Hub) -> None:
    sha = workspace.pull_request(LESS_MEMORY, LOOSER, NO_BUDGET, BLIND)  # what it changes is not what judges it
    hub.pull(7, sha, FORK)
    run = preview(workspace, tmp_path / "preview")
    done = run.job("preview")
    assert not done.ok
    assert done.ran[-1] == "Leave it for the comment"
    assert "forbidden by the policies, nothing was touched" in done.page
    assert "PodDisruptionBudget" in done.page
    left = tmp_path / "preview" / "artifacts" / "preview"
    assert {file.name for file in left.iterdir()} == {"number", "report.md", "preview.json", "preview.sarif"}
    assert json.loads((left / "preview.json").read_text())["blocked"] is True

    told = comment(workspace, run, hub, sha)
    assert told.job("comment").ok
    (written,) = hub.comments[7]
    assert "⛔ Preview of `production`: blocked" in written["body"]
    for part in ("PodDisruptionBudget production/merchant-backend", f"{FILE}:", "api.memory.request"):
        assert part in written["body"]
    (upload,) = told.uploads
    assert (upload["ref"], upload["sha"]) == ("refs/pull/7/head", sha)


def test_a_preview_of_a_head_that_was_pushed_over_is_not_posted(workspace: Workspace, tmp_path: Path, hub: Hub) -> None:
    sha = workspace.pull_request(FEWER_PODS)
    run = preview(workspace, tmp_path / "preview")
    assert run.job("preview").ok
    hub.pull(7, "f" * 40, FORK)
    late = comment(workspace, run, hub, sha, conclusion="success")
    assert late.job("comment").ok
    assert (hub.writes, late.uploads) == ([], [])


def test_what_a_stranger_leaves_reaches_nothing_and_calls_nobody(
    workspace: Workspace, tmp_path: Path, hub: Hub
) -> None:
    sha = workspace.pull_request(FEWER_PODS)
    hub.pull(7, sha, FORK)
    run = preview(workspace, tmp_path / "preview")
    assert run.job("preview").ok
    left = tmp_path / "preview" / "artifacts" / "preview"
    with (left / "report.md").open("a") as file:
        file.write("\ncc @rezapp/devops ![y](https://evil.example/y.png)\n")
    assert comment(workspace, run, hub, sha).job("comment").ok
    body = hub.comments[7][0]["body"]
    assert "cc @rezapp" not in body
    assert "![y](" not in body
    os.remove(left / "number")  # noqa: PTH107 - beside the link that takes its place
    (left / "number").symlink_to("/etc/hostname")
    refused = comment(workspace, Run("preview", workspace.root, tmp_path / "again", artifacts=run.artifacts), hub, sha)
    done = refused.job("comment")
    assert not done.ok
    assert "error: number: " in done.log
    assert len(hub.writes) == 1


def test_another_event_than_a_pull_request_is_not_posted(workspace: Workspace, tmp_path: Path, hub: Hub) -> None:
    run = Run("preview", workspace.root, tmp_path / "preview")
    assert comment(workspace, run, hub, "a" * 40, event="push").job("comment").ran == []
