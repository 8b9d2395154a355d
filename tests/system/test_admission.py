"""What the API server itself refuses, whoever asks, and what it lets pass."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import pytest

from infra.cluster import Cluster
from infra.manifests import fencing
from policies.admission import GUARDS, manifests
from tests.system.api_server import Answer, Server, until
from tests.system.judged import NAMESPACE, answers_to, golden
from tests.system.support import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from policies.objects.values import Manifest
    from tests.system.support import System

pytestmark = pytest.mark.cluster


@pytest.fixture(scope="module")
def server(system: System) -> Server:
    """The API server with every declared policy in force."""
    server = Server(Cluster.connect(kubeconfig=system.run_dir / "kubeconfig"))
    rules = [next(iter(guard.checks)) for guard in GUARDS]
    until(lambda: all(any(each.denied_by == rule for each in answers_to(server, rule)) for rule in rules))
    return server


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


@pytest.mark.parametrize(("least", "most", "allowed"), [(2, 10, False), (3, 11, False), (3, 10, True)])
def test_a_second_autoscaler_by_hand_is_held_within_the_bounds(
    least: int, most: int, *, allowed: bool, server: Server, system: System
) -> None:
    bounds = (f"--min={least}", f"--max={most}", "--name=by-hand", "--dry-run=server")
    done = system.kubectl("autoscale", "deployment/merchant-backend", "-n", NAMESPACE, *bounds, check=False)
    assert ("autoscaled" in done) == allowed


@pytest.mark.parametrize(
    ("rule", "memory", "refused"),
    [
        ("", "1Gi", ""),
        ("", "1025Mi", "deployment-memory-limit"),
        ("deployment-memory-limit", "2Gi", ""),
        ("deployment-memory-limit", "2049Mi", "deployment-memory-limit"),
        ("hpa-range", "2Gi", "deployment-memory-limit"),
    ],
)
def test_more_memory_has_to_be_announced(rule: str, memory: str, refused: str, server: Server) -> None:
    body = _announcing(rule, "Deployment/merchant-backend")
    body["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"]["memory"] = memory
    assert server.create(body).denied_by == refused


@pytest.mark.parametrize(
    ("rule", "least", "most", "refused"),
    [("", 5, 5, "hpa-range"), ("hpa-range", 5, 5, ""), ("hpa-range", 2, 2, "hpa-min-replicas")],
)
def test_pinned_pods_have_to_be_announced(rule: str, least: int, most: int, refused: str, server: Server) -> None:
    body = _announcing(rule, "HorizontalPodAutoscaler/merchant-backend-hpa")
    body["spec"] |= {"minReplicas": least, "maxReplicas": most}
    answer = server.create(body)
    assert answer.denied_by == refused


def _announcing(rule: str, name: str) -> Manifest:
    body = copy.deepcopy(golden().objects[name])
    text = json.dumps([{"rule": rule, "reason": "a", "owner": "b", "expires": "2026-12-31"}])
    body["metadata"].setdefault("annotations", {})["policies.rez.dev/exempt"] = text
    return body


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


_ENGINE = ("--stack", "local", "--yes", "--skip-preview", "--non-interactive")
_COMPONENT = ("--target", "**rez:admission:Admission**")


def test_an_exemption_lets_through_with_a_warning_until_it_is_gone(
    server: Server, system: System, tmp_path: Path
) -> None:
    day = (datetime.now(UTC).date() + timedelta(days=9)).isoformat()
    hpa = f"HorizontalPodAutoscaler {NAMESPACE}/merchant-backend-hpa"
    entry = {"rule": "hpa-max-replicas", "resource": hpa, "reason": "a test", "owner": "nobody", "expires": day}
    config = tmp_path / "Pulumi.local.yaml"
    own = (ROOT / config.name).read_text()
    config.write_text(own.replace("config:\n", f"config:\n  rez-infra:exemptions: [{json.dumps(entry)}]\n", 1))
    many, few = (copy.deepcopy(golden().objects["HorizontalPodAutoscaler/merchant-backend-hpa"]) for _ in range(2))
    many["spec"]["maxReplicas"], few["spec"]["minReplicas"] = 11, 2
    assert server.create(many).denied_by == "hpa-max-replicas"
    try:
        system.rez("pulumi", "up", *_ENGINE, *_COMPONENT, "--config-file", str(config))
        # Two policies, one that no longer denies and one that warns: the server may see the first before the second.
        until(lambda: server.create(many).status == 409 and server.create(many).rules == {"hpa-max-replicas"})
        assert server.create(few).denied_by == "hpa-min-replicas"
    finally:
        system.rez("pulumi", "up", *_ENGINE)
    until(lambda: server.create(many).denied_by == "hpa-max-replicas")


def test_a_destroy_removes_them_and_an_up_brings_them_back(server: Server, system: System) -> None:
    def declared() -> set[str]:
        kinds = "validatingadmissionpolicies,validatingadmissionpolicybindings"
        names = system.kubectl("get", kinds, "-l", "app.kubernetes.io/managed-by=pulumi", "-o", "name").split()
        return {name.partition("/")[2] for name in names}

    everything = {f"rez-{guard.name}" for guard in GUARDS} | {fencing.NAME}
    assert declared() == everything
    system.rez("pulumi", "destroy", *_ENGINE, *_COMPONENT)
    assert declared() == set()
    system.rez("pulumi", "up", *_ENGINE)
    assert declared() == everything


def test_a_fence_that_was_gone_follows_the_lock_again(server: Server) -> None:
    """Run after the test above: an API server that saw a policy go follows no parameter of some kinds any more."""
    place = (*fencing.TOKEN_PLACE, NAMESPACE)
    token = fencing.token_shown_by(server.cluster.get(*place)) or 1
    for current in (token, token + 1):
        server.apply(fencing.token_holder(NAMESPACE, current))
        until(lambda current=current: _tried(server, current).status == HTTPStatus.CREATED)
        assert f"has token {current - 1}.1, but the lock is at {current}" in _tried(server, current - 1).message
    lower = server.apply(fencing.token_holder(NAMESPACE, token))
    assert "only rises" in lower.message
    assert fencing.token_shown_by(server.cluster.get(*place)) == token + 1


def _tried(server: Server, token: int) -> Answer:
    metadata = {"name": fencing.NAME, "namespace": NAMESPACE}
    return server.create(fencing.stamped({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}, f"{token}.1"))
