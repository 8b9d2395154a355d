"""`rez preview --base` with the real engine, in a repository of its own."""

from __future__ import annotations

import contextlib
import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from infra.local.toolchain import ensure
from tests.preview.repository import MAIN, Repository

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.engine

FILE = "Pulumi.production.yaml"
API = "Deployment production/merchant-backend"
SOON = (datetime.now(UTC).date() + timedelta(days=9)).isoformat()
MEMORY = (FILE, "memory: {request: 512Mi", "memory: {request: 256Mi")
NO_BUDGET = ("infra/components/api.py", "(service(settings), pdb(settings))", "(service(settings),)")
OTHER_CLUSTER = (FILE, "cluster: merchant\n", "cluster: merchant-eu\n")
OTHER_CLAIM = ("infra/manifests/names.py", '"merchant-backend-storage"', '"merchant-backend-files"')
LOOSER = ("infra/settings/api.py", "request_mib: Mebibytes = Field(ge=512", "request_mib: Mebibytes = Field(ge=128")
SECRETS = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "bait-aws",
    "GITHUB_TOKEN": "bait-github",
    "PULUMI_ACCESS_TOKEN": "bait-pulumi",
    "PULUMI_BACKEND_URL": "s3://bait-state",
    "PULUMI_CONFIG_PASSPHRASE": "bait-passphrase",
    "KUBECONFIG": "/bait/kubeconfig",
}


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    ensure(["pulumi"], print)
    return Repository.make(tmp_path_factory.mktemp("preview"))


def line_of(repository: Repository, head: str, text: str) -> int:
    lines = repository.git("show", f"{head}:{FILE}").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def blocking(report: dict[str, Any]) -> dict[str, list[tuple[str, int, str]]]:
    return {
        each["rule"]: [(place["file"], place["line"], place["setting"]) for place in each["places"]]
        for each in report["findings"]
        if each["blocks"]
    }


def changed(report: dict[str, Any]) -> set[tuple[str, str, str]]:
    return {(each["op"], each["kind"], each["name"].rpartition("/")[2]) for each in report["changes"]}


def test_a_branch_that_does_nothing_passes(repository: Repository) -> None:
    report = repository.preview(MAIN, code=0)
    assert (report["changes"], report["findings"], report["notes"]) == ([], [], [])
    assert report["unchanged"] > 30


def test_a_bad_branch_is_blocked_and_each_fault_is_named_with_file_and_setting(repository: Repository) -> None:
    repository.branch("bad", MEMORY, LOOSER, NO_BUDGET, OTHER_CLAIM)
    report = repository.preview("bad", code=4)
    found = blocking(report)
    assert found["deployment-memory-request"] == [(FILE, line_of(repository, "bad", "256Mi"), "api.memory.request")]
    budget = (FILE, line_of(repository, "bad", "disruption:"), "api.disruption.max_unavailable")
    assert found["workload-disruption-budget"] == [budget]
    ((file, line, _),) = found["engine-protect"]
    assert "claim(settings)" in repository.git("show", f"bad:{file}").splitlines()[line - 1]
    assert changed(report) == {
        ("delete", "PodDisruptionBudget", "merchant-backend-pdb"),
        ("forget", "PersistentVolumeClaim", "merchant-backend-storage"),
        ("create", "PersistentVolumeClaim", "merchant-backend-files"),
        ("change", "Deployment", "merchant-backend"),
    }


def test_settings_that_are_refused_hide_nothing_else(repository: Repository) -> None:
    repository.branch("refused", MEMORY, NO_BUDGET, OTHER_CLAIM)
    report = repository.preview("refused", code=4)
    (refused,) = report["refused"]
    assert "256Mi is below the minimum 512Mi" in refused["message"]
    assert refused["places"][0] == {
        "file": FILE,
        "line": line_of(repository, "refused", "256Mi"),
        "setting": "api.memory.request",
    }
    assert {"workload-disruption-budget", "engine-protect"} <= set(blocking(report))
    assert any("api.memory.request" in note for note in report["notes"])


def test_less_memory_no_budget_and_a_renamed_database_are_named_with_file_and_setting_in_a_fork_too(
    repository: Repository,
) -> None:
    repository.branch("three", MEMORY, NO_BUDGET, OTHER_CLUSTER)
    own, fork = repository.preview("three", code=4, **SECRETS), repository.preview("three", code=4)
    assert own == fork
    (memory,) = own["refused"]
    assert [(each["file"], each["line"], each["setting"]) for each in memory["places"]] == [
        (FILE, line_of(repository, "three", "256Mi"), "api.memory.request")
    ]
    found = blocking(own)
    budget = (FILE, line_of(repository, "three", "disruption:"), "api.disruption.max_unavailable")
    assert found["workload-disruption-budget"] == [budget]
    name = (FILE, line_of(repository, "three", "cluster: merchant-eu"), "database.atlas.cluster")
    assert name in found["engine-protect"]
    assert {("forget", "AdvancedCluster", "merchant"), ("create", "AdvancedCluster", "merchant-eu")} <= changed(own)
    done = repository.rez("preview", "--base", MAIN, "--head", "three", "--format", "markdown")
    for file, line, setting in (budget, name):
        assert f"`{file}:{line}` `{setting}`" in done.stdout


def test_settings_that_cannot_work_are_exit_2(repository: Repository) -> None:
    repository.branch("settings", MEMORY)
    assert repository.preview("settings", code=2)["findings"] == []


def test_a_fork_without_secrets_sees_the_same_and_no_program_ever_sees_one(
    repository: Repository, tmp_path: Path
) -> None:
    seen = tmp_path / "seen"
    spy = f"import os, pathlib; pathlib.Path({str(seen)!r}).write_text(repr(dict(os.environ)))\nasync def main"
    repository.branch("spy", MEMORY, LOOSER, NO_BUDGET, OTHER_CLAIM, ("infra/program.py", "async def main", spy))
    own, fork = repository.preview("spy", code=4, **SECRETS), repository.preview("spy", code=4)
    assert own == fork
    assert "bait" not in seen.read_text()
    assert "AKIA" not in seen.read_text()
    assert "bait" not in json.dumps(own)


def test_a_branch_neither_weakens_nor_exempts_its_own_judge(repository: Repository) -> None:
    entry = f"{{rule: deployment-memory-request, resource: {API}, reason: please, owner: me, expires: {SOON}}}"
    note = [{"rule": "workload-disruption-budget", "reason": "x", "owner": "x", "expires": SOON}]
    manager = '"pulumi.com/patchFieldManager": FIELD_MANAGER,'
    repository.branch(
        "cheat",
        MEMORY,
        LOOSER,
        NO_BUDGET,
        ("policies/limits.py", "MEMORY_MIB: Final = Range(512, 1024)", "MEMORY_MIB: Final = Range(1, 1024)"),
        (FILE, "config:", f"config:\n  rez-infra:exemptions: [{entry}]"),
        ("infra/manifests/names.py", manager, f'"policies.rez.dev/exempt": {json.dumps(note)!r}, {manager}'),
    )
    report = repository.preview("cheat", code=4)
    assert {"deployment-memory-request", "workload-disruption-budget"} <= set(blocking(report))
    notes = " ".join(report["notes"])
    assert "policies differ" in notes
    assert f"deployment-memory-request for {API} until {SOON}" in notes
    assert "by an annotation of" in notes


def test_an_exemption_that_is_merged_counts_until_the_branch_takes_it_out(repository: Repository) -> None:
    rule = "workload-disruption-budget"
    entry = (
        f"\n  rez-infra:exemptions:\n    - {{rule: {rule}, resource: {API}, reason: load, owner: me, expires: {SOON}}}"
    )
    repository.branch("exempt", (FILE, "config:", f"config:{entry}"))
    try:
        repository.git("branch", "-qf", "before", MAIN)
        repository.git("checkout", "-q", MAIN)
        repository.git("merge", "-q", "exempt")
        repository.branch("uses", NO_BUDGET)
        report = repository.preview("uses", code=0)
        assert [each["rule"] for each in report["findings"] if each["exemption"]] == [rule]
        repository.branch("ends", NO_BUDGET, (FILE, entry, ""))
        assert rule in blocking(repository.preview("ends", code=4))
    finally:
        repository.git("checkout", "-q", MAIN)
        repository.git("reset", "-q", "--hard", "before")


def test_an_exemption_that_no_policy_takes_is_found_before_it_is_merged(repository: Repository) -> None:
    entry = f"\n  rez-infra:exemptions:\n    - {{rule: none, resource: {API}, reason: x, owner: me, expires: {SOON}}}"
    repository.branch("nonsense", (FILE, "config:", f"config:{entry}"))
    assert list(blocking(repository.preview("nonsense", code=4))) == ["exemption-valid"]


def test_a_program_that_fails_is_shown_with_its_words(repository: Repository) -> None:
    repository.branch("broken", ("infra/program.py", "async def main", 'raise ValueError("boom")\nasync def main'))
    report = repository.preview("broken", code=2)
    assert "ValueError: boom" in report["failures"][0]
    assert '  File "infra/program.py", line ' in report["failures"][0]


def test_a_stack_file_that_cannot_be_read_is_one_line(repository: Repository) -> None:
    repository.git("checkout", "-q", MAIN)
    file = repository.root / "Pulumi.folder.yaml"
    file.mkdir()
    (file / "a").touch()
    try:
        done = repository.rez("preview", "--base", MAIN, "--stack", "folder")
    finally:
        (file / "a").unlink()
        file.rmdir()
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1].endswith("Pulumi.folder.yaml cannot be read: Is a directory; repair it")


def test_a_rotated_secret_shows_as_one_that_rolls_the_pods(repository: Repository) -> None:
    secure = "JWT_SECRET:\n      secure: v1:"
    repository.branch("rotated", ("Pulumi.local.yaml", secure, f"{secure}x"))
    report = repository.preview("rotated", code=0, stack="local")
    assert {(op, kind) for op, kind, _ in changed(report)} == {("renew", "Secret"), ("change", "Deployment")}
    assert "[secret]" in json.dumps(report)


def test_what_cannot_change_is_planned_as_a_replacement(repository: Repository) -> None:
    repository.branch("class", (FILE, "storage_class: efs-sc", "storage_class: other"))
    report = repository.preview("class", code=4)
    (change,) = report["changes"]
    assert (change["op"], change["protected"]) == ("replace", True)
    assert change["fields"] == [
        {"path": "spec.storageClassName", "old": "efs-sc", "new": "other", "replaces": True},
    ]


def test_a_secret_in_plain_text_is_refused_and_never_shown(repository: Repository) -> None:
    plain = "config:\n  rez-infra:secrets: {JWT_SECRET: bait-plain}"
    repository.branch("plain", (FILE, "config:", plain))
    report = repository.preview("plain", code=2)
    assert report["refused"][0]["places"][0]["setting"] == "secrets.JWT_SECRET"
    assert "bait" not in json.dumps(report)


def test_the_working_tree_is_previewed_as_it_is(repository: Repository) -> None:
    repository.git("checkout", "-q", MAIN)
    file = repository.root / FILE
    text = file.read_text()
    try:
        file.write_text(text.replace("max: 10}", "max: 9}"))
        assert changed(repository.preview("", code=0)) == {
            ("change", "HorizontalPodAutoscaler", "merchant-backend-hpa"),
        }
    finally:
        file.write_text(text)


def test_a_base_without_the_project_is_refused_at_once(repository: Repository) -> None:
    tree = repository.git("hash-object", "-w", "-t", "tree", "/dev/null").strip()
    empty = repository.git("commit-tree", tree, "-m", "before it all").strip()
    done = repository.rez("preview", "--base", empty)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"error: {empty[:8]}: has no policies/PulumiPolicy.yaml, and so nothing to judge by; name a later base\n"
    )


def test_an_interrupted_run_leaves_no_file_and_no_process(repository: Repository) -> None:
    before = repository.traces()
    with repository.start("preview", "--base", MAIN, "--head", MAIN) as process:
        assert process.stderr is not None
        while "previewing" not in process.stderr.readline():
            pass
        time.sleep(0.5)
        process.terminate()
        process.communicate(timeout=30)
    assert process.returncode == 130
    assert repository.traces() == before
    assert ended(str(repository.root.parent))


def test_what_a_killed_run_left_is_gone_after_the_next(repository: Repository) -> None:
    before = repository.traces()
    with repository.start("preview", "--base", MAIN, "--head", MAIN) as process:
        assert process.stderr is not None
        while "previewing" not in process.stderr.readline():
            pass
        process.kill()
    assert repository.traces() != before
    assert ended(str(repository.root.parent))
    repository.rez("preview", "--base", MAIN, "--head", MAIN)
    assert repository.traces() == before


def ended(sign: str) -> bool:
    """Whether all processes end that have this in their command line; plugins notice the engine's end themselves."""
    for _ in range(100):
        if not any(sign.encode() in line for line in command_lines()):
            return True
        time.sleep(0.1)
    return False


def command_lines() -> Iterator[bytes]:
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            yield file.read_bytes()
