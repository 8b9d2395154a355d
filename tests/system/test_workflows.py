"""deploy.yml, rollback.yml, drift.yml and the hourly half of maintenance.yml, on the local system: real pods."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from infra.local.paths import cache
from infra.rollout.target import AUTOSCALER
from tests.github.hub import TOKEN, running
from tests.workflows.runner import Run
from tests.workflows.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.system.support import System
    from tests.workflows.runner import Result

    Start = Callable[..., Run]

pytestmark = pytest.mark.cluster

KUBECONFIG = "{clusters: [{}], contexts: [{}], users: [{user: {exec: {command: aws}}}], current-context: production}"
VARIABLES = {
    "AWS_DEPLOY_ROLE": "arn:aws:iam::000000000000:role/rez-infra-production-deploy",
    "AWS_READ_ROLE": "arn:aws:iam::000000000000:role/rez-infra-production-read",
    "AWS_REGION": "eu-central-1",
    "KUBECONFIG_TEXT": KUBECONFIG,
    "PULUMI_BACKEND_URL": "s3://rez-infra-production-000000000000-eu-central-1?region=eu-central-1",
}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with Workspace.made(tmp_path_factory.mktemp("production") / "workspace") as made:
        yield made


@pytest.fixture
def start(system: System, workspace: Workspace, tmp_path: Path) -> Start:
    """Start a workflow; this machine's stack stands for production."""
    instead = {"PULUMI_STACK": "local", "REZ_RUN": str(system.run_dir), "REZ_CACHE": str(cache())}

    def begin(name: str, number: int = 0, **event: Any) -> Run:
        folder = tmp_path / f"{name}{number}"
        return Run(name, workspace.root, folder, event=event, vars=VARIABLES, instead=instead, token=TOKEN)

    return begin


def serves(system: System) -> str:
    return str(system.status()["release"]["version"])


def test_a_release_is_previewed_deployed_and_rolled_back(system: System, start: Start) -> None:
    system.rez("deploy", "v1", "--stack", "local")
    run = start("deploy", inputs={"version": "v2", "on_inconclusive": "promote"})
    seen = run.job("preview")
    assert seen.ok, seen.log
    assert "rez preview --live" in seen.page
    assert "rez deploy --dry-run" in seen.page
    assert serves(system) == "v1"
    done = run.job("deploy")
    assert done.ok, done.log
    assert "✅ `rez deploy --on-inconclusive promote -- v2`: done" in done.page
    assert "deploy v2 on local: deployed" in done.page
    assert serves(system) == "v2"
    for number, version in enumerate(("", "v1")):
        done = start("rollback", number, inputs={"version": version}).job("rollback")
        assert done.ok, done.log
        assert f"✅ `rez rollback{' -- v1' if version else ''}`: done" in done.page
        assert serves(system) == "v1"


def test_a_bad_version_fails_and_the_page_says_that_the_last_good_one_serves(system: System, start: Start) -> None:
    system.rez("deploy", "v2", "--stack", "local")
    run = start("deploy", release={"tag_name": "v3-crash"})
    assert run.job("preview").ok
    done = run.job("deploy")
    assert not done.ok
    assert "judged bad and rolled back: the last good release serves" in done.page
    assert "crash" in done.page
    assert serves(system) == "v2"


def test_what_is_no_version_stops_before_the_approval(system: System, start: Start, tmp_path: Path) -> None:
    before = serves(system)
    hostile = f'v1"; touch {tmp_path}/pwned; $(touch {tmp_path}/pwned) --stack=production'
    for number, version in enumerate(("v99", hostile, "--help")):
        run = start("deploy", number, inputs={"version": version})
        assert not run.job("preview").ok
        assert run.job("deploy").ran == []
        assert not start("rollback", number, inputs={"version": version}).job("rollback").ok
    assert not (tmp_path / "pwned").exists()
    assert serves(system) == before


def test_drift_is_one_issue_until_it_is_gone(system: System, start: Start) -> None:
    system.rez("deploy", "v2", "--stack", "local")
    with running() as hub:

        def look(number: int) -> Result:
            run = start("drift", number)
            run.env = {"GITHUB_API_URL": hub.url}
            seen, told = run.job("look"), run.job("tell")
            assert seen.ok, seen.log
            assert told.ok, told.log
            return seen

        system.kubectl("set", "resources", "deployment/merchant-backend", "-n", "production", "--limits=memory=768Mi")
        try:
            seen = look(0)
            assert seen.outputs == {"code": "7"}
            (issue,) = hub.issues
            for part in ("memory", "1Gi", "768Mi", "kubectl"):
                assert part in issue["body"]
            look(1)
            assert [each["state"] for each in hub.issues] == ["open"]
        finally:
            system.rez("drift", "--stack", "local", "--fix")
        system.answers()
        assert look(2).outputs == {"code": "0"}
        assert [each["state"] for each in hub.issues] == ["closed"]


def test_an_override_that_is_over_is_dropped_within_the_hour(system: System, start: Start) -> None:
    hourly = {"schedule": "17 * * * *"}
    since = datetime.now(UTC)
    end = since + timedelta(seconds=20)  # rez itself refuses so short a term
    scale = {"since": since, "expires": end, "reason": "INC-7", "by": "me@here", "pods": {"min": 3, "max": 8}}
    up = ("up", "--stack", "local", "--yes", "--skip-preview", "--non-interactive", "--target", AUTOSCALER)
    system.rez("pulumi", *up, REZ_OVERRIDES=json.dumps({"scale": scale}, default=str))
    (override,) = system.status()["overrides"]
    assert override["kind"] == "scale"
    time.sleep(max(0.0, (end - datetime.now(UTC)).total_seconds()))
    run = start("maintenance", **hourly)
    assert run.job("weekly").ran == []
    assert run.job("look").outputs == {"code": "7"}
    done = run.job("drop")
    assert done.ok, done.log
    assert "3 to 8 pods" in done.page
    assert "INC-7" in done.page
    status = system.status()
    assert (status["overrides"], status["hpa"]["max"]) == ([], 10)
    run = start("maintenance", 1, **hourly)
    assert run.job("look").outputs == {"code": "0"}
    assert run.job("drop").ran == []
