"""The plan gate, on plans that the real engine told of (see record_plan.py)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from policies.coverage import ROWS
from policies.inputs import preview
from policies.judging.plan import judge_plan
from policies.judging.step import PlanStep
from policies.objects.node import Node
from policies.objects.resources import from_pulumi
from policies.registry import RULES
from policies.rule import Enforcement, Finding, Outcome, Scope

PLANS = Path(__file__).parent / "fixtures" / "plan"
LOSS, FORGOTTEN, RENAME = "plan-stateful-loss", "plan-stateful-forgotten", "plan-rename"
DROPPED, SHRINK = "plan-protect-dropped", "plan-shrink"
FINDS = {
    "nothing-changes": [],
    "claim-deleted": [LOSS],
    "claim-replaced": [LOSS],
    "claim-retained": [FORGOTTEN],
    "claim-replaced-and-retained": [FORGOTTEN],
    "cluster-deleted": [LOSS],
    "namespace-deleted": [LOSS],
    "redis-deleted": [LOSS],
    "worker-deleted": [],
    "settings-deleted": [],
    "user-changed": [],
    "claim-renamed": [RENAME],
    "claim-moved": [RENAME],
    "claim-aliased": [],
    "cluster-renamed": [DROPPED, RENAME],
    "cluster-succeeded": [RENAME],
    "cluster-added": [],
    "project-of-another-organization": [RENAME],
    "api-moved": [RENAME],
    "settings-renamed": [],
    "protect-dropped": [DROPPED],
    "protect-dropped-and-replaced": [DROPPED, LOSS],
    "protect-kept": [],
    "retain-dropped": [DROPPED],
    "guards-dropped": [DROPPED, DROPPED, DROPPED],
    "guard-unknown": [DROPPED, DROPPED],
    "guards-raised": [],
    "tier-smaller": [SHRINK],
    "disk-smaller": [SHRINK],
    "size-larger": [],
    "cluster-of-fewer-nodes": [SHRINK],
    "cluster-of-more-nodes": [],
    "redis-of-fewer-pods": [SHRINK],
    "redis-of-more-pods": [],
    "tier-unknown": [SHRINK, SHRINK],
    "tier-scaled-back": [SHRINK],
}
BAD_AND_GOOD = {
    "L04": ("claim-deleted", "settings-deleted"),
    "L05": ("protect-dropped-and-replaced", "protect-kept"),
    SHRINK: ("tier-smaller", "size-larger"),
    RENAME: ("claim-moved", "claim-aliased"),
    FORGOTTEN: ("claim-retained", "settings-renamed"),
}
CLUSTER = "mongodbatlas:index/advancedCluster:AdvancedCluster"


def judged(name: str, stack: str = "production") -> list[Finding]:
    file = PLANS / f"{name}.json"
    return judge_plan(preview.read(file.read_text(encoding="utf-8"), file.name).steps, stack=stack)


def ids(findings: list[Finding]) -> list[str]:
    return [finding.rule.id for finding in findings]


@pytest.mark.parametrize("name", FINDS)
def test_plan_is_found_by_exactly_its_rules(name: str) -> None:
    assert ids(judged(name)) == FINDS[name]


def test_every_recorded_plan_is_judged_and_every_plan_rule_has_its_twins() -> None:
    assert {path.stem for path in PLANS.glob("*.json")} == FINDS.keys()
    rules = {rule.id for rule in RULES if rule.scope is Scope.PLAN}
    rows = {row.id: row.rule for row in ROWS}
    assert {rows.get(key, key) for key in BAD_AND_GOOD} == rules


@pytest.mark.parametrize("key", BAD_AND_GOOD)
def test_bad_plan_is_found_and_its_nearest_good_one_is_not(key: str) -> None:
    bad, good = BAD_AND_GOOD[key]
    rule = {row.id: row.rule for row in ROWS}.get(key, key)
    assert rule in ids(judged(bad))
    assert judged(good) == []


@pytest.mark.parametrize("name", FINDS)
def test_local_stack_has_nothing_to_lose(name: str) -> None:
    assert judged(name, stack="local") == []


def test_steps_of_one_replacement_are_one_finding() -> None:
    for form in ("steps.json", "events.jsonl"):
        plan = preview.read((PLANS / "forms" / form).read_text(encoding="utf-8"), form)
        assert [step.op for step in plan.steps] == ["create-replacement", "replace", "delete-replaced"]
        assert ids(judge_plan(plan.steps, stack=plan.name)) == FINDS["cluster-renamed"]


def test_engine_that_would_forget_the_data_is_only_told_of() -> None:
    (found,) = judged("claim-retained")
    assert found.enforcement is Enforcement.ADVISORY


MESSAGES = {
    "claim-replaced": "PersistentVolumeClaim production/storage: plan is to replace it because spec.storageClassName "
    "is efs-sc and would be gp3, must not be: it loses the files on its volume",
    "cluster-renamed": "AdvancedCluster merchant: protect is true and would be false, must stay true; the same plan "
    "replaces it",
    "project-of-another-organization": "Project rez: orgId is 5f5a and would be [unknown], must stay: the new one "
    "starts without every cluster and backup in it, and the old one is deleted",
    "tier-scaled-back": "AdvancedCluster merchant: replicationSpecs[0].regionConfigs[0].electableSpecs.instanceSize "
    "is M40 and would be M30, must not shrink",
}


@pytest.mark.parametrize("name", MESSAGES)
def test_message_names_the_object_what_would_happen_and_both_values(name: str) -> None:
    assert judged(name)[0].message == MESSAGES[name]


def test_unknown_value_is_undetermined_and_hides_no_other() -> None:
    for name in ("guard-unknown", "tier-unknown"):
        assert [found.outcome for found in judged(name)] == [Outcome.UNDETERMINED, Outcome.VIOLATION]
        assert {found.enforcement for found in judged(name)} == {Enforcement.MANDATORY}


def test_finding_stands_on_the_line_of_its_resource() -> None:
    (found,) = judged("claim-deleted")
    lines = (PLANS / "claim-deleted.json").read_text(encoding="utf-8").splitlines()
    assert found.resource.source is not None
    assert found.resource.origin in lines[found.resource.source.line - 1]
    assert found.resource.origin.endswith("PersistentVolumeClaim::storage")


def step(op: str, old: dict[str, Any], new: dict[str, Any], token: str = CLUSTER, **more: Any) -> PlanStep:
    urn = f"urn:pulumi:production::rez-infra::{token}::it"
    before, after = from_pulumi(token, old, urn), from_pulumi(token, new, urn)
    return PlanStep(op=op, resource=before, old=before, new=after, **more)


def regions(*nodes: int) -> list[Any]:
    return [{"regionConfigs": [{"electableSpecs": {"nodeCount": count}} for count in nodes]}]


def named(**nodes: int) -> dict[str, Any]:
    found = [{"regionName": name, "electableSpecs": {"nodeCount": count}} for name, count in nodes.items()]
    return {"replicationSpecs": [{"regionConfigs": found}]}


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ({"providerInstanceSizeName": "M30"}, {"providerInstanceSizeName": "M10"}, True),
        ({"providerInstanceSizeName": "M40_NVME"}, {"providerInstanceSizeName": "R30"}, True),
        ({"providerInstanceSizeName": "M40"}, {"providerInstanceSizeName": "R40"}, False),
        ({"providerInstanceSizeName": "M30"}, {}, False),
        ({}, {"providerInstanceSizeName": "M10"}, False),
        ({"providerInstanceSizeName": "odd"}, {"providerInstanceSizeName": "M10"}, False),
        ({"diskSizeGb": 40}, {"diskSizeGb": 39.5}, True),
        ({"diskSizeGb": 40}, {"diskSizeGb": 40.0}, False),
        ({"diskSizeGb": True}, {"diskSizeGb": False}, False),
        ({"replicationSpecs": regions(3, 2)}, {"replicationSpecs": regions(3, 1)}, True),
        ({"replicationSpecs": regions(3, 2)}, {"replicationSpecs": regions(3)}, True),
        ({"replicationSpecs": regions(3)}, {"replicationSpecs": regions(3, 2)}, False),
        ({"replicationSpecs": regions(3) * 2}, {"replicationSpecs": regions(3)}, True),
        ({"replicationSpecs": regions(3)}, {"replicationSpecs": regions(5) * 2}, False),
        ({"replicationSpecs": [{"numShards": 3}]}, {"replicationSpecs": [{"numShards": 2}]}, True),
        ({"replicationFactor": 5}, {"replicationFactor": 3}, True),
    ],
)
def test_sizes_are_compared_where_both_are_said(old: dict[str, Any], new: dict[str, Any], *, found: bool) -> None:
    assert (ids(judge_plan([step("update", old, new)], stack="production")) == [SHRINK]) == found


@pytest.mark.parametrize(
    ("old", "new", "fields"),
    [
        (named(A=3, B=2, C=1), named(A=3, C=1), ["regionConfigs"]),
        (named(A=3, B=2), named(B=2, A=3), []),
        (named(A=3, B=2), named(B=2, A=1), ["regionConfigs[0].electableSpecs.nodeCount"]),
        (named(A=3, B=2, C=2), named(A=3, C=2, D=1), ["regionConfigs[1].electableSpecs.nodeCount"]),
        (named(A=3, B=2, C=2), named(C=2, D=2, A=3), []),
    ],
)
def test_regions_are_compared_by_their_names(old: dict[str, Any], new: dict[str, Any], fields: list[str]) -> None:
    found = judge_plan([step("update", old, new)], stack="production")
    assert [each.field.removeprefix("replicationSpecs[0].") for each in found] == fields


@pytest.mark.parametrize(
    ("before", "after", "found"), [(6, 5, True), (6, None, True), (6, 6, False), (6, 8, False), (None, 1, False)]
)
def test_pods_of_a_database_are_counted(before: int | None, after: int | None, *, found: bool) -> None:
    def redis(count: int | None, **more: Any) -> dict[str, Any]:
        return {"kind": "StatefulSet", "apiVersion": "apps/v1", "spec": {"replicas": count, **more}}

    claims = {"volumeClaimTemplates": [{"metadata": {"name": "data"}}]}
    kept = step("update", redis(before, **claims), redis(after, **claims), "kubernetes:apps/v1:StatefulSet")
    assert (ids(judge_plan([kept], stack="production")) == [SHRINK]) == found
    without = step("update", redis(before), redis(after), "kubernetes:apps/v1:StatefulSet")
    assert ids(judge_plan([without], stack="production")) == []


def test_what_atlas_scaled_up_counts_only_where_the_provider_would_change_it() -> None:
    declared = {"diskSizeGb": 40}
    live = Node({"diskSizeGb": 80})
    kept = step("update", declared, declared, live=live)
    taken_back = step("update", declared, declared, live=live, changed=frozenset({"diskSizeGb"}))
    assert ids(judge_plan([kept, taken_back], stack="production")) == [SHRINK]


def test_guard_that_is_left_out_is_a_guard_that_is_dropped() -> None:
    (found,) = judge_plan([step("update", {"pitEnabled": True}, {})], stack="production")
    assert found.message.endswith("pitEnabled is true and would be not set, must stay true")


def test_deletion_without_a_state_is_judged_by_its_type() -> None:
    text = f'{{"steps": [{{"op": "delete", "urn": "urn:pulumi:production::rez-infra::{CLUSTER}::merchant"}}]}}'
    assert ids(judge_plan(preview.read(text, "-").steps, stack="production")) == [LOSS]


def test_secret_value_is_in_no_message() -> None:
    text = (PLANS / "user-changed.json").read_text(encoding="utf-8").replace("databaseUser:DatabaseUser", CLUSTER[19:])
    replaced = text.replace('"update"', '"replace"').replace('"kind": "replace"', '"kind": "update-replace"')
    (found,) = judge_plan(preview.read(replaced, "-").steps, stack="production")
    assert "password is [secret] and would be [secret]" in found.message


@pytest.mark.engine
def test_recorded_plans_are_what_the_engine_says_today(tmp_path: Path) -> None:
    names = ["claim-moved", "cluster-renamed", "user-changed"]
    script = Path(__file__).with_name("record_plan.py")
    subprocess.run([sys.executable, script, "--into", tmp_path, *names], check=True, timeout=300)
    for name in names:
        said, recorded = ((folder / f"{name}.json").read_text(encoding="utf-8") for folder in (tmp_path, PLANS))
        assert sorted(said.splitlines()) == sorted(recorded.splitlines())
