"""What must hold of every workflow, whatever it does."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from infra.local.paths import ROOT
from infra.local.toolchain import TOOLS
from infra.notify.news import TOKEN, WEBHOOK
from infra.operations.bootstrap.wanted import Wanted
from infra.telemetry.new_relic import KEY
from tests.workflows.workflow import FILES, FOLDER, jobs, load, steps

PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
BASE = "git checkout --quiet --detach HEAD^1"
OURS = re.compile(rf"(\.venv/bin/rez|make|sudo --preserve-env=CI,REZ_CACHE \.ci/run)\b|{re.escape(BASE)}$")
TRUSTED = {"actions", "aws-actions", "github", "pulumi"}
PERMISSIONS = {
    ("ci", "ci"): {"contents": "read"},
    ("comment", "comment"): {
        "contents": "read",
        "actions": "read",
        "pull-requests": "write",
        "security-events": "write",
    },
    ("deploy", "preview"): {"contents": "read", "id-token": "write"},
    ("deploy", "deploy"): {"contents": "read", "id-token": "write"},
    ("rollback", "rollback"): {"contents": "read", "id-token": "write"},
    ("drift", "look"): {"contents": "read", "id-token": "write"},
    ("drift", "tell"): {"contents": "read", "issues": "write"},
    ("maintenance", "look"): {"contents": "read", "id-token": "write"},
    ("maintenance", "drop"): {"contents": "read", "id-token": "write"},
    ("maintenance", "weekly"): {"contents": "read", "issues": "write"},
    ("preview", "lint"): {"contents": "read"},
    ("preview", "unit"): {"contents": "read"},
    ("preview", "preview"): {"contents": "read"},
}
"""What each job may do; a new permission is written here, too."""
ENVIRONMENTS = {
    ("deploy", "preview"): "production-read",
    ("deploy", "deploy"): "production",
    ("rollback", "rollback"): "production",
    ("drift", "look"): "production-read",
    ("maintenance", "look"): "production-read",
    ("maintenance", "drop"): "production",
}
NOTIFIES = {"REZ_WEBHOOK_URL", "SENTRY_AUTH_TOKEN", "NEW_RELIC_API_KEY"}
SECRETS = {
    ("deploy", "deploy"): NOTIFIES,
    ("rollback", "rollback"): NOTIFIES,
    ("maintenance", "drop"): NOTIFIES,
    ("drift", "look"): {"MONGODB_ATLAS_CLIENT_ID", "MONGODB_ATLAS_CLIENT_SECRET"},
}
"""What each job gets by an environment's secrets, each under its own name."""
ROLES = {"production": "${{ vars.AWS_DEPLOY_ROLE }}", "production-read": "${{ vars.AWS_READ_ROLE }}"}
CANCELS = {"preview": "true", "ci": "true"}
RUN_BY = {
    ("ci", "ci"): ".ci/run",  # what it runs is what runs these tests
    ("comment", "comment"): "tests/workflows/test_pull_request.py",
    ("deploy", "preview"): "tests/system/test_workflows.py",
    ("deploy", "deploy"): "tests/system/test_workflows.py",
    ("rollback", "rollback"): "tests/system/test_workflows.py",
    ("drift", "look"): "tests/system/test_workflows.py",
    ("drift", "tell"): "tests/system/test_workflows.py",
    ("maintenance", "look"): "tests/system/test_workflows.py",
    ("maintenance", "drop"): "tests/system/test_workflows.py",
    ("maintenance", "weekly"): "tests/workflows/test_maintenance.py",
    ("preview", "lint"): ".ci/run",
    ("preview", "unit"): ".ci/run",
    ("preview", "preview"): "tests/workflows/test_pull_request.py",
}
"""Where each job's scripts are really run."""
TRIGGERS = {
    "ci": {"push", "pull_request"},
    "comment": {"workflow_run"},
    "deploy": {"release", "workflow_dispatch"},
    "drift": {"schedule", "workflow_dispatch"},
    "maintenance": {"schedule", "workflow_dispatch"},
    "preview": {"pull_request"},
    "rollback": {"workflow_dispatch"},
}


def uses() -> list[str]:
    lines = [line.strip(" -") for file in FILES for line in file.read_text(encoding="utf-8").splitlines()]
    return [line.removeprefix("uses: ") for line in lines if line.startswith("uses:")]


def used(action: str) -> list[tuple[str, dict[str, Any]]]:
    return [(place, step) for place, step in steps() if step.get("uses", "").startswith(f"{action}@")]


def test_every_workflow_starts_by_what_it_is_for() -> None:
    assert {file.stem: set(load(file)["on"]) for file in FILES} == TRIGGERS


def test_every_jobs_scripts_are_run_somewhere() -> None:
    assert {(workflow, name) for workflow, name, _ in jobs()} == set(RUN_BY)
    for (workflow, name), file in RUN_BY.items():
        text = (ROOT / file).read_text(encoding="utf-8")
        if file != ".ci/run":
            assert f'"{workflow}"' in text
            assert f'job("{name}")' in text
    assert "make lint test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")  # `unit` is a part of `test`


def test_every_action_is_pinned_by_its_commit_with_the_version_beside_it() -> None:
    assert len(uses()) > 20
    assert [line for line in uses() if not PINNED.fullmatch(line)] == []


def test_an_action_has_one_version_everywhere() -> None:
    versions = {(line.partition("@")[0], line) for line in uses()}
    assert len(versions) == len({name for name, _ in versions})


def test_actions_are_of_few_makers() -> None:
    assert {line.partition("/")[0] for line in uses()} == TRUSTED


def test_no_job_may_more_than_it_is_listed_with() -> None:
    assert {file.stem: load(file)["permissions"] for file in FILES} == {name: {} for name in TRIGGERS}
    assert {(workflow, name): job["permissions"] for workflow, name, job in jobs()} == PERMISSIONS


def test_only_jobs_of_an_environment_get_a_role() -> None:
    found = {(workflow, name): job["environment"] for workflow, name, job in jobs() if "environment" in job}
    assert found == ENVIRONMENTS
    assert {key for key, given in PERMISSIONS.items() if "id-token" in given} == set(ENVIRONMENTS)


def test_each_environment_gets_the_role_that_bootstrap_makes_for_it() -> None:
    wanted = Wanted("aws", "1", "eu-central-1", "production", "rezapp/rez-infra", "b")
    assert set(ROLES) == {"production", wanted.reading_environment}
    for place, step in used("aws-actions/configure-aws-credentials"):
        workflow, name, _ = place.split("/")
        assert step["with"]["role-to-assume"] == ROLES[ENVIRONMENTS[workflow, name]], place
    assert len(used("aws-actions/configure-aws-credentials")) == len(ENVIRONMENTS)


def test_jobs_with_a_role_never_run_a_pull_request() -> None:
    for workflow, _ in ENVIRONMENTS:
        assert not {"pull_request", "pull_request_target", "workflow_run", "issue_comment"} & TRIGGERS[workflow]


def test_a_secret_reaches_one_step_of_a_job_with_an_environment_and_no_more() -> None:
    found: dict[tuple[str, str], set[str]] = {}
    for place, step in steps():
        workflow, name, _ = place.split("/")
        given = {key: value for key, value in step.get("env", {}).items() if "secrets." in value}
        assert all(value == f"${{{{ secrets.{key} }}}}" for key, value in given.items()), place
        if given:
            assert (workflow, name) not in found
            found[workflow, name] = set(given)
    assert found == SECRETS
    assert set(SECRETS) <= set(ENVIRONMENTS)
    written = sum(file.read_text(encoding="utf-8").count("secrets.") for file in FILES)
    assert written == sum(map(len, SECRETS.values()))


def test_who_deploys_has_the_credentials_of_all_who_can_be_told() -> None:
    assert {WEBHOOK, TOKEN, KEY} == NOTIFIES


def test_every_job_ends_in_time_on_a_known_machine() -> None:
    assert [place for *place, job in jobs() if not 0 < int(job["timeout-minutes"]) <= 120] == []
    assert {job["runs-on"] for *_, job in jobs()} == {"ubuntu-24.04"}


def test_every_workflow_has_its_group_and_none_that_writes_is_cancelled() -> None:
    groups = {file.stem: load(file)["concurrency"] for file in FILES}
    assert {name: group["cancel-in-progress"] for name, group in groups.items()} == {
        name: CANCELS.get(name, "false") for name in TRIGGERS
    }
    assert len({group["group"] for group in groups.values()}) == len(groups)


def test_a_rollback_does_not_wait_behind_a_deploy_that_waits_for_its_reviewers() -> None:
    assert load("deploy")["concurrency"]["group"] != load("rollback")["concurrency"]["group"]


@pytest.mark.parametrize(("place", "step"), [(place, step) for place, step in steps() if "run" in step])
def test_a_script_is_one_command_of_ours_without_foreign_text(place: str, step: dict[str, Any]) -> None:
    script = step["run"].strip()
    assert OURS.match(script), script
    assert "\n" not in script
    for text in ("${{", "$(", "`", ";", "&&", "||", "GITHUB_ENV", "GITHUB_PATH"):
        assert text not in script, text


def test_a_pull_request_is_judged_by_nothing_of_its_own() -> None:
    scripts = [step.get("run", "") for step in load("preview")["jobs"]["preview"]["steps"]]
    assert scripts[:2] == ["", BASE]  # the checkout, then the base: what runs from there on is the base's
    assert '--base HEAD --head "$GITHUB_SHA"' in scripts[-2]


def test_a_preview_gets_the_tools_that_the_main_branch_has_built() -> None:
    ((_, restored),) = used("actions/cache/restore")
    ((_, kept),) = used("actions/cache")
    assert {key: restored["with"][key] for key in ("path", "key")} == kept["with"]
    assert restored["with"]["key"].startswith(restored["with"]["restore-keys"])


def test_every_script_stops_at_its_first_failure() -> None:
    assert {load(file)["defaults"]["run"]["shell"] for file in FILES} == {"bash"}


def test_no_checkout_leaves_its_token_behind() -> None:
    found = used("actions/checkout")
    assert len(found) == len(jobs())
    assert [place for place, step in found if step["with"].get("persist-credentials") != "false"] == []


def test_the_job_that_writes_checks_out_nothing_of_a_pull_request() -> None:
    ((_, step),) = [(place, step) for place, step in used("actions/checkout") if place.startswith("comment/")]
    assert set(step["with"]) == {"persist-credentials"}


def test_what_is_left_for_the_comment_is_what_it_takes() -> None:
    assert load("comment")["on"]["workflow_run"]["workflows"] == [load("preview")["name"]]
    names = {step["with"]["name"] for _, step in (*used("actions/upload-artifact"), *used("actions/download-artifact"))}
    assert names == {"preview", "drift"}


def test_the_engine_is_the_one_that_is_tested() -> None:
    versions = {step["with"]["pulumi-version"] for _, step in used("pulumi/actions")}
    assert versions == {TOOLS["pulumi"].version}
    assert [place for place, step in used("pulumi/actions") if "command" in step["with"]] == []


@pytest.mark.parametrize("name", ["zizmor", pytest.param("actionlint", marks=pytest.mark.engine)])
def test_the_linters_find_nothing_and_would(tmp_path: Path, name: str) -> None:
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    shutil.copy(FOLDER.parent / "zizmor.yml", folder.parent)
    for file in FILES:
        shutil.copy(file, folder)
    assert lint(name, tmp_path).returncode == 0
    good = (folder / "rollback.yml").read_text(encoding="utf-8")
    bad = good.replace('${VERSION:+-- "$VERSION"}', "${{ github.event.inputs.version }} ${{ steps.nope.outputs.x }}")
    assert bad != good
    (folder / "rollback.yml").write_text(bad, encoding="utf-8")
    assert lint(name, tmp_path).returncode != 0


def lint(name: str, root: Path) -> subprocess.CompletedProcess[str]:
    zizmor = [str(Path(sys.executable).with_name("zizmor")), "--offline", "--persona", "auditor", str(root / ".github")]
    files = sorted(map(str, (root / ".github" / "workflows").iterdir()))
    actionlint = [sys.executable, "-m", "infra.local.toolchain", "actionlint", *files]
    command = zizmor if name == "zizmor" else actionlint
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)


def test_make_lint_checks_the_workflows() -> None:
    shown = subprocess.run(["make", "-n", "lint"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    for word in ("zizmor --offline --persona auditor --strict-collection", "actionlint .github/workflows/ci.yml"):
        assert word in shown.stdout


def test_owners_are_named_for_what_guards_production() -> None:
    lines = (FOLDER.parent / "CODEOWNERS").read_text(encoding="utf-8").splitlines()
    owned = {line.split()[0]: line.split()[1:] for line in lines if line and not line.startswith("#")}
    assert {"/.github/", "/policies/", "/infra/settings/", "/Pulumi.production.yaml"} <= set(owned)
    assert {"/.ci/", "/Makefile", "/pyproject.toml", "/uv.lock", "/infra/local/toolchain/"} <= set(owned)
    assert [path for path in owned if not (ROOT / path.strip("/")).exists()] == []
    assert [path for path, owners in owned.items() if not owners] == []
