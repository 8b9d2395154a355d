"""What the API server itself refuses, whoever asks: the declared policies, and the same ones on every fixture."""

from __future__ import annotations

import copy
import json
import time
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from infra.cluster import Cluster
from policies.admission import GUARDS, RULES, manifests
from policies.rule import Outcome
from policies.values import Secret, Unknown
from tests.policies.conftest import FIXTURES, Stack, load
from tests.system.api_server import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from policies.values import Manifest
    from tests.system.support import System

pytestmark = pytest.mark.cluster

NAMESPACE = "production"
KINDS = {
    ("apps/v1", "Deployment"),
    ("apps/v1", "StatefulSet"),
    ("autoscaling/v2", "HorizontalPodAutoscaler"),
    ("policy/v1", "PodDisruptionBudget"),
    ("v1", "Service"),
    ("networking.k8s.io/v1", "Ingress"),
    ("rbac.authorization.k8s.io/v1", "Role"),
    ("rbac.authorization.k8s.io/v1", "RoleBinding"),
    ("v1", "Namespace"),
}
CASES = [f"{path.parent.name}/{path.stem}" for path in sorted(FIXTURES.glob("*/*.yaml"))]

LESS_THAN_THE_PACK = {
    # The API server fills in one pod where the number is left to an HPA, so that a new Deployment of one must pass;
    # and whether an HPA owns the number is written in another object.
    "deployment-replicas": {
        "deployment/no-disruption-budget-for-one-pod",
        "deployment/replicas-1-without-hpa",
        "deployment/replicas-fixed-beside-hpa",
        "deployment/replicas-unset-without-hpa",
    },
    # CEL neither measures entropy nor decodes base64, and option lists are read by more than an expression.
    "container-plaintext-secret": {
        "container_environment/password-among-options",
        "container_environment/random-token-under-any-name",
        "container_environment/uri-in-base64",
    },
}
"""Where the API server cannot find a rule broken; beside these, it refuses what is no valid object by itself."""


@cache
def golden() -> Stack:
    return Stack()


@cache
def covered(case: str) -> list[tuple[Manifest, set[str]]]:
    """Objects that a fixture changes and the API server judges, with the rules of both that find something."""
    return changed(load(FIXTURES / f"{case}.yaml")["change"])


def changed(*changes: Manifest) -> list[tuple[Manifest, set[str]]]:
    stack = copy.deepcopy(golden())
    for each in changes:
        stack.change(each)
    before, now = golden().objects, stack.objects
    judged = [
        each
        for each in stack.resources()
        if before.get(each.origin) != now.get(each.origin) and _is_judged(now[each.origin])
    ]
    findings = [each for each in stack.findings() if each.outcome is Outcome.VIOLATION] if judged else []
    return [
        (
            {key: value for key, value in now[each.origin].items() if key != "pulumi"},
            {finding.rule.id for finding in findings if finding.resource.origin == each.origin} & RULES,
        )
        for each in judged
    ]


def _is_judged(body: Manifest) -> bool:
    place = "name" if body.get("kind") == "Namespace" else "namespace"
    return _kind(body) in KINDS and body["metadata"].get(place) == NAMESPACE and _is_known(body)


def _kind(body: Manifest) -> tuple[str, str]:
    return body.get("apiVersion", ""), body.get("kind", "")


def _is_known(value: Any) -> bool:
    if isinstance(value, dict | list):
        return all(map(_is_known, value.values() if isinstance(value, dict) else value))
    return not isinstance(value, Unknown | Secret)


def until(holds: Callable[[], bool], *, within_s: float = 60) -> None:
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.2)


@pytest.fixture(scope="module")
def server(system: System) -> Iterator[Server]:
    """The API server with every declared policy in force, and with a second of each that warns of every rule."""
    server = Server(Cluster.connect(kubeconfig=system.run_dir / "kubeconfig"))
    warning = manifests(exempt=RULES)
    for manifest in warning:
        assert server.apply(manifest).status < 300
    until(lambda: all(_is_enforced(server, next(iter(guard.checks))) for guard in GUARDS))
    yield server
    for manifest in warning:
        server.cluster.delete(manifest["apiVersion"], manifest["kind"], manifest["metadata"]["name"])


def _is_enforced(server: Server, rule: str) -> bool:
    """Whether a rule's policies both warn and deny: one comes into force about a second after it is written."""
    answers = (server.create(body) for case in CASES for body, found in covered(case) if rule in found)
    return any(rule in answer.rules and answer.denied_by for answer in answers)


@pytest.mark.parametrize("case", CASES)
def test_the_api_server_denies_what_the_pack_finds(case: str, server: Server) -> None:
    for body, found in covered(case):
        answer = server.create(body)
        if not answer.invalid:
            assert answer.rules == {rule for rule in found if case not in LESS_THAN_THE_PACK.get(rule, ())}
            assert answer.status in ({422} if answer.rules else {201, 409}), answer.message
            assert answer.denied_by in answer.rules or not answer.rules


LIMITS = [case for path in sorted((FIXTURES.parent / "limits").glob("*.yaml")) for case in load(path)]
VALUES = [(case, value) for case in LIMITS if case["rule"] in RULES for value in (*case["good"], *case["bad"])]


@pytest.mark.parametrize(("case", "value"), VALUES, ids=[f"{case['rule']}-{value}" for case, value in VALUES])
def test_the_api_server_draws_the_line_where_the_pack_does(case: Manifest, value: Any, server: Server) -> None:
    for body, found in changed(case.get("change", {}), {case["object"]: {case["field"]: value}}):
        answer = server.create(body)
        if not answer.invalid:
            assert answer.rules == found


@pytest.mark.parametrize("rule", sorted(RULES))
def test_every_rule_is_denied_on_some_fixture(rule: str, server: Server) -> None:
    assert _is_enforced(server, rule)


def test_the_golden_stack_passes(server: Server) -> None:
    objects = [each.node.value for each in golden().resources() if _kind(each.node.value) in KINDS]
    assert len(objects) >= 10
    for body in objects:
        answer = server.create(body)
        assert (answer.rules, answer.denied_by) == (set(), ""), answer.message
        assert answer.status in {201, 409}, answer.message


def test_a_large_environment_is_searched_within_the_api_servers_budget(server: Server) -> None:
    body = copy.deepcopy(golden().objects["Deployment/merchant-backend"])
    variables = [{"name": f"SETTING_{number}", "value": "a word " * 36} for number in range(100)]
    body["spec"]["template"]["spec"]["containers"][0]["env"] = variables
    assert server.create(body).status == 409


def test_the_expressions_suit_the_types_of_what_they_judge(server: Server) -> None:
    def checked(name: str) -> Any:
        place = ("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicy", name)
        return (server.cluster.get(*place) or {}).get("status", {}).get("typeChecking")

    for guard in GUARDS:
        until(lambda name=f"rez-{guard.name}": checked(name) is not None)
        assert checked(f"rez-{guard.name}") == {}


_SCALE = ("scale", "deployment/merchant-backend", "-n", NAMESPACE)


def test_kubectl_scale_is_held_within_the_bounds(server: Server, system: System) -> None:
    path = f"{server.cluster.path('apps/v1', 'Deployment', namespace=NAMESPACE, name='merchant-backend')}/scale"
    for count, allowed in ((0, False), (1, False), (2, False), (3, True), (5, True), (10, True), (11, False)):
        done = system.kubectl(*_SCALE, f"--replicas={count}", "--dry-run=server", check=False)
        assert ("scaled" in done) == allowed, count
    body = {"spec": {"replicas": 2}}
    assert server.ask("PATCH", path, body, "application/merge-patch+json").denied_by == "deployment-replicas"


def test_the_autoscaler_still_scales(server: Server, system: System) -> None:
    def wanted() -> str:
        return system.kubectl("get", "deployment/merchant-backend", "-n", NAMESPACE, "-o", "jsonpath={.spec.replicas}")

    patch = ("patch", "hpa/merchant-backend-hpa", "-n", NAMESPACE, "-p")
    before = wanted()
    system.kubectl(*patch, '{"spec": {"minReplicas": 4}}')
    until(lambda: wanted() == "4")
    system.kubectl(*patch, '{"spec": {"minReplicas": 3}}')
    system.kubectl(*_SCALE, f"--replicas={before}")


@pytest.mark.parametrize(("least", "most", "allowed"), [(2, 10, False), (3, 11, False), (3, 10, True)])
def test_a_second_autoscaler_by_hand_is_held_within_the_bounds(
    least: int, most: int, *, allowed: bool, server: Server, system: System
) -> None:
    bounds = (f"--min={least}", f"--max={most}", "--name=by-hand", "--dry-run=server")
    done = system.kubectl("autoscale", "deployment/merchant-backend", "-n", NAMESPACE, *bounds, check=False)
    assert ("autoscaled" in done) == allowed


def test_a_recreated_deployment_may_leave_the_number_to_its_autoscaler(server: Server) -> None:
    body = golden().objects["Deployment/merchant-backend"]
    assert "replicas" not in body["spec"]
    assert server.create(body).status == 409  # only because it is there


def test_the_namespace_keeps_its_label(server: Server, system: System) -> None:
    label = ("label", "namespace", NAMESPACE, "--overwrite", "--dry-run=server")
    assert "unlabeled" not in system.kubectl(*label, "pod-security.kubernetes.io/enforce-", check=False)
    assert "labeled" not in system.kubectl(*label, "pod-security.kubernetes.io/enforce=baseline", check=False)
    assert "labeled" in system.kubectl(*label, "team=backend", check=False)


@pytest.mark.parametrize(
    ("role", "namespace", "allowed"),
    [("cluster-admin", NAMESPACE, False), ("view", NAMESPACE, True), ("cluster-admin", "kube-system", True)],
)
def test_no_account_of_the_namespace_gets_the_cluster(
    role: str, namespace: str, *, allowed: bool, server: Server, system: System
) -> None:
    given = (f"--clusterrole={role}", f"--serviceaccount={namespace}:default", "--dry-run=server")
    done = system.kubectl("create", "clusterrolebinding", "by-hand", *given, check=False)
    assert ("created" in done) == allowed


@pytest.fixture
def old_role(server: Server, system: System) -> Iterator[Manifest]:
    """A Role that was bad before there was any policy, in a namespace where the policies came into force after it."""
    system.kubectl("create", "namespace", "before")
    role = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": {"name": "old", "namespace": "before"},
        "rules": [{"apiGroups": [""], "resources": ["pods/exec"], "verbs": ["create"]}],
    }
    server.apply(role)
    (binding,) = [each for each in manifests() if each["spec"].get("policyName") == "rez-role"]
    labels = {"kubernetes.io/metadata.name": "before"}
    spec = binding["spec"] | {"matchResources": {"namespaceSelector": {"matchLabels": labels}}}
    server.apply(binding | {"metadata": {"name": "rez-before"}, "spec": spec})
    until(lambda: bool(server.create(role | {"metadata": {"name": "new", "namespace": "before"}}).denied_by))
    yield role
    server.cluster.delete(binding["apiVersion"], binding["kind"], "rez-before")
    system.kubectl("delete", "namespace", "before", "--wait=false")


def test_an_object_that_was_bad_before_can_be_labelled_and_deleted_but_not_made_worse(
    old_role: Manifest, server: Server, system: System
) -> None:
    there = ("role/old", "-n", "before")
    worse = old_role | {"rules": [{"apiGroups": [""], "resources": ["*"], "verbs": ["create"]}]}
    assert server.apply(worse).denied_by == "role-wildcard"
    assert "labeled" in system.kubectl("label", there[0], *there[1:], "a=b")
    held = {"metadata": {"finalizers": ["rez.dev/test"]}}
    system.kubectl("patch", *there, "-p", json.dumps(held))
    system.kubectl("delete", *there, "--wait=false")
    released = {"metadata": {"finalizers": None}, "rules": worse["rules"]}
    system.kubectl("patch", *there, "--type=merge", "-p", json.dumps(released))
    assert system.kubectl("get", "role", *there[1:], "-o", "name") == ""


def test_a_destroy_removes_them_and_an_up_brings_them_back(server: Server, system: System) -> None:
    def declared() -> set[str]:
        kinds = "validatingadmissionpolicies,validatingadmissionpolicybindings"
        names = system.kubectl("get", kinds, "-l", "app.kubernetes.io/managed-by=pulumi", "-o", "name").split()
        return {name.partition("/")[2] for name in names}

    engine = ("--stack", "local", "--yes", "--skip-preview", "--non-interactive")
    component = "**rez:admission:Admission**"
    assert declared() == {f"rez-{guard.name}" for guard in GUARDS}
    system.rez("pulumi", "destroy", *engine, "--target", component)
    assert declared() == set()
    system.rez("pulumi", "up", *engine)
    assert declared() == {f"rez-{guard.name}" for guard in GUARDS}
