"""What the API server is given: the pack's own rules, numbers and words, and nothing that could stop a controller."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from policies import admission, registry
from policies.admission import GUARDS, RULES, manifests
from policies.limits import CPU_MILLICORES, DRAIN_S, HEALTH_PATH, MEMORY_FOR_A_WHILE_MIB, MEMORY_MIB, PODS

if TYPE_CHECKING:
    from policies.objects.values import Manifest

ABOUT = {rule.id: rule.about for rule in registry.RULES}


def policies(exempt: tuple[str, ...] = (), objects: tuple[str, ...] = ("",)) -> dict[str, Manifest]:
    found = [each for each in manifests(dict.fromkeys(exempt, objects)) if each["kind"] == "ValidatingAdmissionPolicy"]
    return {each["metadata"]["name"]: each["spec"] for each in found}


def bindings(exempt: tuple[str, ...] = ()) -> dict[str, Manifest]:
    manifested = manifests(dict.fromkeys(exempt, ("",)))
    found = [each for each in manifested if each["kind"] == "ValidatingAdmissionPolicyBinding"]
    return {each["metadata"]["name"]: each["spec"] for each in found}


def rules(policy: Manifest) -> list[str]:
    return [each["message"].partition(":")[0] for each in policy["validations"]]


def expression(rule: str) -> str:
    (found,) = [guard.checks[rule] for guard in GUARDS if rule in guard.checks]
    return found


def test_there_is_one_policy_with_one_binding_per_kind() -> None:
    assert list(policies()) == list(bindings()) == [f"rez-{guard.name}" for guard in GUARDS]
    assert len(set(policies())) == len(GUARDS)


def test_every_binding_denies_in_production_alone() -> None:
    for name, binding in bindings().items():
        assert binding == {
            "policyName": name,
            "validationActions": ["Deny"],
            "matchResources": {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "production"}}},
        }


def test_every_policy_denies_what_it_cannot_judge() -> None:
    assert {policy["failurePolicy"] for policy in policies().values()} == {"Fail"}


def test_every_check_is_a_rule_of_the_pack_and_is_made_once() -> None:
    made = [rule for policy in policies().values() for rule in rules(policy)]
    assert set(made) == RULES <= ABOUT.keys()
    assert len(made) == len(RULES)


@pytest.mark.parametrize("rule", sorted(RULES))
def test_the_message_says_which_rule_what_must_hold_and_what_to_do(rule: str) -> None:
    (message,) = [
        each["message"]
        for policy in policies().values()
        for each in policy["validations"]
        if each["message"].startswith(f"{rule}: ")
    ]
    assert message == f"{rule}: {ABOUT[rule].title}; {ABOUT[rule].remedy}"
    assert "\n" not in message


@pytest.mark.parametrize(
    ("rule", "parts"),
    [
        ("deployment-replicas", (f"{PODS.least} <= object.?spec.?replicas.orValue(0)", f".orValue(0) <= {PODS.most}")),
        ("hpa-min-replicas", (f"{PODS.least} <= object.spec.minReplicas", f"object.spec.minReplicas <= {PODS.most}")),
        ("hpa-max-replicas", (f"{PODS.least} <= object.spec.maxReplicas", f"object.spec.maxReplicas <= {PODS.most}")),
        ("deployment-cpu-limit", (f'"{CPU_MILLICORES.least}m"', f'"{CPU_MILLICORES.most}m"')),
        ("deployment-memory-limit", (f'"{MEMORY_MIB.least}Mi"', f'"{MEMORY_MIB.most}Mi"')),
        ("deployment-graceful-stop", (f"+ {DRAIN_S}",)),
        ("container-liveness-path", (f"^{HEALTH_PATH}/*",)),
    ],
)
def test_the_numbers_are_the_packs_limits(rule: str, parts: tuple[str, ...]) -> None:
    assert [part for part in parts if part not in expression(rule)] == []


def test_an_exempt_rule_warns_and_the_others_of_its_kind_still_deny() -> None:
    exempt = ("deployment-memory-limit",)
    assert rules(policies(exempt)["rez-deployment-exempt"]) == ["deployment-memory-limit"]
    assert bindings(exempt)["rez-deployment-exempt"]["validationActions"] == ["Warn", "Audit"]
    assert bindings(exempt)["rez-deployment-exempt"]["policyName"] == "rez-deployment-exempt"
    assert rules(policies(exempt)["rez-deployment"]) == [
        rule for rule in rules(policies()["rez-deployment"]) if rule not in exempt
    ]
    assert bindings(exempt)["rez-deployment"]["validationActions"] == ["Deny"]


def test_an_exemption_of_one_object_holds_for_its_name_alone() -> None:
    rule, kept = "deployment-memory-limit", expression("deployment-memory-limit")
    judged = policies((rule,), ("Deployment production/merchant-backend", "Deployment production/shop"))
    named = 'object.metadata.name in ["merchant-backend", "shop"]'
    (denies,) = [each for each in judged["rez-deployment"]["validations"] if each["message"].startswith(f"{rule}: ")]
    (warns,) = judged["rez-deployment-exempt"]["validations"]
    assert denies["expression"] == f"{named} || ({kept})"
    assert warns["expression"] == f"!({named}) || ({kept})"


def test_an_exemption_of_a_namespace_names_it() -> None:
    judged = policies(("namespace-pod-security",), ("Namespace production",))
    assert 'in ["production"]' in judged["rez-namespace"]["validations"][0]["expression"]


def test_a_rule_that_is_never_exempt_denies_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "_NEVER_EXEMPT", frozenset({"pdb-blocks-drain"}))
    assert policies(("pdb-blocks-drain",)) == policies()


def test_a_kind_whose_rules_are_all_exempt_denies_nothing() -> None:
    assert "rez-pdb" not in policies(("pdb-blocks-drain",))


def test_an_annotation_lets_through_what_the_runbook_does_for_a_while_and_no_more() -> None:
    assert {rule for rule in RULES if "policies.rez.dev" in expression(rule)} == {
        "deployment-memory-limit",
        "hpa-range",
    }
    assert f'quantity("{MEMORY_FOR_A_WHILE_MIB}Mi")' in expression("deployment-memory-limit")


def test_nothing_that_controllers_write_is_judged_but_the_scale() -> None:
    judged = {each for guard in GUARDS for each in guard.resources}
    assert judged == {
        "deployments",
        "deployments/scale",
        "statefulsets",
        "horizontalpodautoscalers",
        "poddisruptionbudgets",
        "services",
        "ingresses",
        "roles",
        "rolebindings",
        "clusterrolebindings",
        "namespaces",
    }


def test_an_update_that_leaves_alone_what_is_judged_and_a_deletion_pass() -> None:
    for guard, policy in zip(GUARDS, policies().values(), strict=True):
        conditions = {each["name"]: each["expression"] for each in policy["matchConditions"]}
        judged = guard.judged.replace(".", ".?")
        assert conditions["changes-what-is-judged"] == (f"oldObject == null || object.?{judged} != oldObject.?{judged}")
        assert conditions["is-not-being-deleted"] == "!has(object.metadata.deletionTimestamp)"


def test_regular_expressions_have_nothing_that_cel_cannot_do() -> None:
    around = re.compile(r"\(\?(=|!|<)|[*+?}]\+|\\\\[1-9]")
    assert [rule for rule in sorted(RULES) if around.search(expression(rule))] == []
