"""What the frame promises whatever the rules are: unknowns, defects, secrets and junk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.judging import judge as judge_module
from policies.judging.judge import judge, judge_stack
from policies.objects.resources import from_manifest, from_pulumi
from policies.objects.values import UNKNOWN, Secret
from policies.registry import RULES
from policies.rule import About, Enforcement, Outcome, Severity, graph_rule, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.node import Node, Violation

DEPLOYMENT = "Deployment/merchant-backend"
CPU_LIMIT = "spec.template.spec.containers.api.resources.limits.cpu"
ABOUT = About(id="broken", severity=Severity.HIGH, title="t", why="w", remedy="r", snippet="a: 1\n", source="s")


def test_message_names_object_field_value_limit_and_remedy(golden: Any) -> None:
    (finding,) = golden.change({DEPLOYMENT: {CPU_LIMIT: "8"}}).findings()
    assert finding.message == (
        "Deployment production/merchant-backend: spec.template.spec.containers[api].resources.limits.cpu is 8, "
        "must be 500m to 1000m"
    )
    assert finding.remediation == (
        "set resources.limits.cpu of container api to 1000m; more load needs more pods, not larger ones"
    )


@pytest.mark.parametrize(
    ("stack", "level"),
    [
        ("production", Enforcement.MANDATORY),
        ("production-eu", Enforcement.MANDATORY),
        ("staging", Enforcement.MANDATORY),
        ("local", Enforcement.ADVISORY),
    ],
)
def test_unknown_warns_in_local_and_blocks_elsewhere(golden: Any, stack: str, level: Enforcement) -> None:
    findings = golden.change({DEPLOYMENT: {CPU_LIMIT: UNKNOWN}}).findings(stack)
    assert {(each.outcome, each.enforcement) for each in findings} == {(Outcome.UNDETERMINED, level)}
    assert "resources.limits.cpu is not known before the update or from here" in findings[0].message


def test_unknown_part_hides_no_finding_of_another_part(golden: Any) -> None:
    api = golden.objects[DEPLOYMENT]["spec"]["template"]["spec"]["containers"][0]
    unknown = {**api, "name": "first", "image": UNKNOWN}
    latest = {**api, "name": "last", "image": "nginx:latest"}
    golden.change({DEPLOYMENT: {"spec.template.spec.containers": [unknown, api, latest]}})
    found = [each for each in golden.findings() if each.rule.id == "container-image-digest"]
    assert [each.outcome for each in found] == [Outcome.UNDETERMINED, Outcome.VIOLATION]


def test_unknown_name_elsewhere_makes_a_search_undetermined_not_wrong(golden: Any) -> None:
    golden.change({"HorizontalPodAutoscaler/merchant-backend-hpa": {"metadata.namespace": UNKNOWN}})
    assert "deployment-autoscaler" in golden.ids(Outcome.UNDETERMINED)
    assert "deployment-autoscaler" not in golden.ids()


@rule(ABOUT, kinds=("Deployment.apps",))
def broken(node: Node) -> Iterator[Violation]:
    raise RuntimeError(f"saw {node.value}")
    yield node.must(be="unreachable")


@graph_rule(ABOUT, kinds=("Deployment.apps",))
def broken_graph(node: Node, graph: Any) -> Iterator[Violation]:
    yield node.must("kind", be="seen before the defect")
    raise KeyError(graph)


def test_defect_of_a_rule_is_a_blocking_finding_without_the_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judge_module, "rules_by_parts", lambda _kind, _scope: ((broken.each, (broken,)),))
    manifest = {"apiVersion": "apps/v1", "kind": "Deployment", "data": Secret("canary-9d1f")}
    (finding,) = judge(from_manifest(manifest), stack="local")
    assert (finding.outcome, finding.enforcement) == (Outcome.DEFECT, Enforcement.MANDATORY)
    assert "the rule broken failed with RuntimeError" in finding.message
    assert "canary" not in finding.message


def test_defect_keeps_what_was_found_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judge_module, "rules_by_parts", lambda _kind, _scope: ((broken_graph.each, (broken_graph,)),))
    resource = from_manifest({"apiVersion": "apps/v1", "kind": "Deployment"})
    found = [finding.outcome for finding in judge_stack([resource], stack="local")]
    assert found == [Outcome.VIOLATION, Outcome.DEFECT]


def test_secret_value_is_never_shown(golden: Any) -> None:
    golden.change(
        {DEPLOYMENT: {CPU_LIMIT: Secret("canary-9d1f"), "spec.template.spec.containers.api.image": Secret("c")}}
    )
    messages = [each.message for each in golden.findings()]
    assert any("is [secret], must be 500m" in message for message in messages)
    assert not any("canary" in message for message in messages)


def test_whole_secret_object_is_looked_into_and_masked(golden: Any) -> None:
    api = golden.objects[DEPLOYMENT]["spec"]["template"]["spec"]["containers"][0]
    api["resources"] = Secret({"limits": {"cpu": "canary-9d1f"}})
    messages = [each.message for each in golden.findings() if each.rule.id == "deployment-cpu-limit"]
    assert len(messages) == 1
    assert "is [secret]" in messages[0]


def test_kind_of_a_foreign_group_is_not_mistaken() -> None:
    foreign = {"apiVersion": "serving.knative.dev/v1", "kind": "Service", "spec": {"type": "NodePort"}}
    assert judge(from_manifest(foreign), stack="production") == []


def test_type_token_stands_in_for_missing_kind() -> None:
    resource = from_pulumi("kubernetes:core/v1:Service", {"spec": {"type": "NodePort"}}, "urn:pulumi:local::p::t::name")
    assert "service-exposed" in [each.rule.id for each in judge(resource, stack="local")]
    assert str(resource) == "Service name"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just(UNKNOWN),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["metadata", "name", "namespace", "spec", "template", "containers", "env", "rules", "data", "type"]
            ),
            inner,
            max_size=4,
        )
        | inner.map(Secret)
    ),
    max_leaves=25,
)
KINDS = sorted({kind for each in RULES for kind in each.kinds})


@settings(max_examples=150)
@given(kind=st.sampled_from(KINDS), body=st.dictionaries(st.sampled_from(["metadata", "spec", "rules", "data"]), JSON))
def test_junk_is_never_a_defect(kind: str, body: dict[str, Any]) -> None:
    name, _, group = kind.partition(".")
    resource = from_manifest({**body, "kind": name, "apiVersion": f"{group}/v1" if group else "v1"}, "urn")
    found = judge(resource, stack="production") + judge_stack([resource], stack="production")
    assert [each.rule.id for each in found if each.outcome is Outcome.DEFECT] == []
