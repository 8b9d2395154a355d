"""Exemptions: what they cover, when they end, and which are none."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from policies.inputs import manifests
from policies.judging.assess import assess
from policies.judging.exemptions import ANNOTATION, Declared, cover, faults, of_config, of_resources

if TYPE_CHECKING:
    from policies.rule import Finding

DEPLOYMENT = "Deployment/merchant-backend"
LIMIT = "spec.template.spec.containers.api.resources.limits"
FIELD = "spec.template.spec.containers[api].resources.limits.memory"
TODAY = date(2026, 11, 25)
ENTRY = {
    "rule": "deployment-memory-limit",
    "resource": "Deployment production/merchant-backend",
    "reason": "heap dump",
    "owner": "oncall@rezapp.com",
    "expires": "2026-12-01",
}


@pytest.fixture
def too_big(golden: Any) -> list[Finding]:
    found: list[Finding] = golden.change({DEPLOYMENT: {f"{LIMIT}.memory": "2Gi", f"{LIMIT}.cpu": "2"}}).findings()
    assert {each.rule.id for each in found} == {"deployment-memory-limit", "deployment-cpu-limit"}
    return found


def exempt(found: list[Finding], entries: Any, today: date = TODAY) -> list[str]:
    return [each.rule.id for each in cover(found, [of_config(entries, "stack")], today=today) if each.exemption]


def wrong(entries: Any, today: date = TODAY) -> list[str]:
    return [each.message for each in faults([of_config(entries, "stack")], today=today)]


def test_one_rule_of_one_object_is_set_aside(too_big: list[Finding]) -> None:
    assert exempt(too_big, [ENTRY]) == ["deployment-memory-limit"]
    assert wrong([ENTRY]) == []


@pytest.mark.parametrize(
    "other",
    [{"resource": "Deployment production/other"}, {"field": "spec.replicas"}, {"rule": "deployment-cpu-request"}],
)
def test_nothing_else_is(too_big: list[Finding], other: dict[str, str]) -> None:
    assert exempt(too_big, [ENTRY | other]) == []


def test_exactly_one_field_can_be_named(too_big: list[Finding]) -> None:
    assert exempt(too_big, [ENTRY | {"field": FIELD}]) == ["deployment-memory-limit"]


@pytest.mark.parametrize(
    "resource", [None, "", "*", "Deployment", "Deployment  x", "Deployment a/b/c", "Deployment a/ b", 3]
)
def test_whole_rule_is_never_set_aside(too_big: list[Finding], resource: Any) -> None:
    entries = [ENTRY | {"resource": resource}]
    assert exempt(too_big, entries) == []
    (message,) = wrong(entries)
    assert "exemptions[0].resource is" in message
    assert "must be the one object, as messages name it: Deployment production/merchant-backend" in message


def test_object_without_a_namespace_can_be_named() -> None:
    assert wrong([ENTRY | {"resource": "AdvancedCluster merchant"}]) == []


def test_nobody_looks_further_ahead_than_90_days(too_big: list[Finding]) -> None:
    assert exempt(too_big, [ENTRY | {"expires": "2027-02-23"}]) == ["deployment-memory-limit"]
    assert wrong([ENTRY | {"expires": "2027-02-23"}]) == []
    assert exempt(too_big, [ENTRY | {"expires": "2027-02-24"}]) == []
    (message,) = wrong([ENTRY | {"expires": "2027-02-24"}])
    assert "expires is 2027-02-24, must be within 90 days, by 2027-02-23" in message


@pytest.mark.parametrize(("value", "covered"), [("2Gi", True), ("1536Mi", False), ("2048Mi", False)])
def test_exactly_one_value_can_be_named(too_big: list[Finding], value: str, *, covered: bool) -> None:
    assert exempt(too_big, [ENTRY | {"value": value}]) == ["deployment-memory-limit"] * covered


def test_last_day_counts_and_the_day_after_does_not(too_big: list[Finding]) -> None:
    assert exempt(too_big, [ENTRY], date(2026, 12, 1)) == ["deployment-memory-limit"]
    assert exempt(too_big, [ENTRY], date(2026, 12, 2)) == []
    (message,) = wrong([ENTRY], date(2026, 12, 2))
    assert "expires is 2026-12-01, must not be before today, 2026-12-02" in message


@pytest.mark.parametrize("key", ["rule", "reason", "owner", "expires"])
@pytest.mark.parametrize("value", [None, "", "  ", 3])
def test_incomplete_one_is_a_finding_and_covers_nothing(too_big: list[Finding], key: str, value: Any) -> None:
    entries = [ENTRY | {key: value}]
    assert exempt(too_big, entries) == []
    (message,) = wrong(entries)
    assert f"exemptions[0].{key}" in message


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ("all", "must be a list"),
        ([ENTRY | {"rule": "no-such"}], "must be the id of a rule"),
        ([ENTRY | {"rule": "exemption-valid"}], "this one cannot"),
        ([ENTRY | {"until": "x"}], "no exemption has this key"),
        (["x"], "must be the exemption's rule"),
        ([ENTRY | {"resource": ["Deployment production/merchant-backend"]}], "must be the one object"),
        ([ENTRY | {"field": 3}], "must be a text, or left out"),
    ],
)
def test_what_is_no_exemption_is_a_finding(entries: Any, said: str) -> None:
    assert any(said in message for message in wrong(entries))


def test_rule_that_cannot_be_set_aside_stays(golden: Any) -> None:
    found = golden.change({"ConfigMap/merchant-backend-config-0123456789": {"data.DB_PASSWORD": "hunter22"}}).findings()
    entry = {**ENTRY, "rule": "config-map-plaintext-secret", "resource": str(found[0].resource)}
    assert exempt(found, [entry]) == []
    assert wrong([entry])


def test_annotation_speaks_for_its_own_object_alone(golden: Any) -> None:
    own = {key: value for key, value in ENTRY.items() if key != "resource"} | {"resource": "Deployment other/other"}
    golden.change({DEPLOYMENT: {f"{LIMIT}.memory": "2Gi", "metadata.annotations": {ANNOTATION: json.dumps([own])}}})
    declared = of_resources(golden.resources())
    covered = cover(golden.findings(), [declared], today=TODAY)
    assert [each.exemption is not None for each in covered] == [True]


def test_unreadable_annotation_is_a_finding(golden: Any) -> None:
    golden.change({DEPLOYMENT: {"metadata.annotations": {ANNOTATION: "[{"}}})
    (fault,) = faults([of_resources(golden.resources())], today=TODAY)
    assert "must be a list of exemptions" in fault.message


def test_annotation_does_not_speak_for_a_namesake_in_another_file(tmp_path: Path) -> None:
    own = {key: value for key, value in ENTRY.items() if key != "resource"} | {"rule": "service-exposed"}
    bad = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "shop", "namespace": "production", "annotations": {ANNOTATION: json.dumps([own])}},
        "spec": {"type": "LoadBalancer", "selector": {"app": "shop"}, "ports": [{"port": 80}]},
    }
    (tmp_path / "exempt.yaml").write_text(json.dumps(bad))
    del bad["metadata"]["annotations"]  # type: ignore[attr-defined]
    (tmp_path / "other.yaml").write_text(json.dumps(bad))
    found = assess(manifests.read([str(tmp_path)]), stack="production", declared=Declared(), today=TODAY)
    names = [
        [Path(each.file).name for each in some if each.finding.rule.id == "service-exposed"]
        for some in (found.exempted, found.findings)
    ]
    assert names == [["exempt.yaml"], ["other.yaml"]]
