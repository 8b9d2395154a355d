"""From what everybody said to one report."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from infra.preview import build, digest, judge
from infra.preview.plan import Plan
from infra.preview.report import Op, Place, Report, Subject
from infra.preview.sandbox import Done
from tests.preview.plans import delete, manifest, plan, recorded

if TYPE_CHECKING:
    from pathlib import Path

SUBJECT = Subject(stack="production", base="main", head="a branch", judge="main")
FILE = "Pulumi.production.yaml"
TEXT = """\
config:
  rez-infra:api:
    memory: {request: 256Mi}
    disruption: {max_unavailable: 1}
"""
SAID: dict[str, Any] = {
    "rule": "workload-disruption-budget",
    "severity": "high",
    "enforcement": "mandatory",
    "resource": {"kind": "Deployment", "namespace": "production", "name": "merchant-backend"},
    "message": "Deployment production/merchant-backend: … is selected by none",
    "remediation": "declare one",
    "settings": ["api.disruption.max_unavailable"],
}
EXEMPTION = {"reason": "load test", "owner": "oncall", "expires": "2026-12-31", "origin": FILE}


def report(told: Plan, *findings: dict[str, Any], exempted: tuple[dict[str, Any], ...] = ()) -> Report:
    judged = {"findings": list(findings), "exempted": list(exempted), "problems": []}
    return build.report(SUBJECT, told, judged, TEXT, ["a note"])


def asked(told: dict[str, Any], file: Path) -> dict[str, Any]:
    """What this checkout's policies say."""

    def python(*args: str) -> Done:
        done = subprocess.run([sys.executable, "-P", *args], capture_output=True, text=True, check=False)
        return Done(done.returncode, done.stdout, done.stderr)

    return judge.judge(python, told, stack="production", file=file)


def test_a_finding_stands_at_its_setting() -> None:
    (found,) = report(Plan(digest.NOTHING), SAID).findings
    assert found.places == (Place(FILE, 4, "api.disruption.max_unavailable"),)
    assert found.blocks
    assert found.remedy == "declare one"


def test_a_finding_without_a_setting_stands_where_the_program_declares_the_object() -> None:
    body = manifest("PersistentVolumeClaim", "a")
    told = plan(delete(body, state={"sourcePosition": "project:///infra/components/platform.py#39"}))
    said = SAID | {"settings": [], "resource": {"kind": body["kind"], "namespace": "production", "name": "a"}}
    found = report(Plan(told), said)
    assert found.findings[0].places == (found.changes[0].place,) == (Place("infra/components/platform.py", 39),)


def test_an_exempt_finding_blocks_nothing_and_says_by_whom() -> None:
    told = report(Plan(digest.NOTHING), exempted=(SAID | {"exemption": EXEMPTION},))
    assert not told.blocked
    assert "until 2026-12-31, oncall: load test" in told.findings[0].exemption


def test_an_advisory_finding_blocks_nothing_and_comes_last() -> None:
    told = report(Plan(digest.NOTHING), SAID | {"enforcement": "advisory", "severity": "critical"}, SAID)
    assert [each.blocks for each in told.findings] == [True, False]


@pytest.mark.parametrize(
    ("line", "message", "remedy", "places"),
    [
        (
            "api.memory.request: 256Mi is below 512Mi; set at least 512Mi",
            "api.memory.request: 256Mi is below 512Mi",
            "set at least 512Mi",
            (Place(FILE, 3, "api.memory.request"),),
        ),
        ("api.cpu: missing", "api.cpu: missing", "", (Place(FILE, 0, "api.cpu"),)),
        ("no release runs; deploy one", "no release runs", "deploy one", ()),
    ],
)
def test_a_refused_setting_is_named_with_file_value_and_remedy(
    line: str, message: str, remedy: str, places: tuple[Place, ...]
) -> None:
    (found,) = report(Plan(problems=(line,))).refused
    assert (found.message, found.remedy, found.places) == (message, remedy, places)


def test_what_came_of_it_is_told_by_three_signs() -> None:
    assert report(Plan(digest.NOTHING)).passed
    assert not report(Plan(problems=("a: b",))).passed
    assert not report(Plan(failures=("boom",))).passed
    assert not report(Plan(digest.NOTHING), SAID).passed
    assert report(Plan(digest.NOTHING), SAID).blocked


def test_what_the_judge_could_not_see_is_a_failure() -> None:
    judged = {"findings": [], "exempted": [], "problems": [{"message": "not whole"}]}
    assert build.report(SUBJECT, Plan(digest.NOTHING), judged, TEXT, []).failures == ("not whole",)
    assert build.report(SUBJECT, Plan(digest.NOTHING, failures=("boom",)), judged, TEXT, []).failures == ("boom",)


def test_a_renamed_atlas_cluster_is_a_replacement_that_costs_its_databases(tmp_path: Path) -> None:
    told = recorded("cluster-renamed")
    found = build.report(SUBJECT, Plan(told), asked(told, tmp_path / "plan.json"), TEXT, [])
    assert found.blocked
    rename = next(each for each in found.findings if each.rule == "plan-rename")
    assert "merchant and would be merchant2" in rename.message
    assert [(each.op, each.cost) for each in found.changes] == [(Op.REPLACE, "its databases will be lost")]


def test_a_protected_claim_that_goes_is_refused_although_it_is_retained(tmp_path: Path) -> None:
    body = manifest("PersistentVolumeClaim", "a")
    told = plan(delete(body, state={"protect": True, "retainOnDelete": True}))
    found = build.report(SUBJECT, Plan(told), asked(told, tmp_path / "plan.json"), TEXT, [])
    assert [each.rule for each in found.findings if each.blocks] == [build.PROTECT]
    assert found.changes[0].protected
    assert "would be forgotten, but is protected" in found.findings[0].message
