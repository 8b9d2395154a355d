"""maintenance.yml as it is written, with an exemption that ends soon and without one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from infra.local.paths import cache
from tests.github.hub import TOKEN, running
from tests.workflows.runner import Run
from tests.workflows.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.engine  # it installs an environment of its own


HPA = "HorizontalPodAutoscaler production/merchant-backend-hpa"


def test_an_exemption_that_ends_soon_is_an_issue_until_it_is_gone(tmp_path: Path) -> None:
    with Workspace.made(tmp_path / "workspace") as workspace:
        told_of_until_it_is_gone(workspace, tmp_path)


def told_of_until_it_is_gone(workspace: Workspace, tmp_path: Path) -> None:
    file = workspace.root / "Pulumi.production.yaml"
    before = file.read_text(encoding="utf-8")
    day = datetime.now(UTC).date() + timedelta(days=3)
    entry = f"{{rule: hpa-cpu-target, resource: {HPA}, reason: INC-7, owner: oncall@rezapp.com, expires: {day}}}"
    file.write_text(f"{before}  rez-infra:exemptions: [{entry}]\n", encoding="utf-8")
    with running() as hub:
        for number, text in enumerate((file.read_text(encoding="utf-8"), before)):
            file.write_text(text, encoding="utf-8")
            run = Run(
                "maintenance",
                workspace.root,
                tmp_path / f"run{number}",
                instead={"REZ_CACHE": str(cache())},
                env={"GITHUB_API_URL": hub.url},
                token=TOKEN,
            )
            done = run.job("weekly")
            assert done.ok, done.log
            assert "rez doctor" in done.page
            assert "Node.js" in done.page
            (issue,) = hub.issues
            assert issue["state"] == ("closed" if number else "open")
        assert f"{day.isoformat()} `hpa-cpu-target` holds 3 days more" in issue["body"]
        assert "oncall@rezapp.com: INC-7" in issue["body"]
