"""The API server and the pack find the same, on every fixture and at every limit."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from infra.cluster import Cluster
from policies.admission import GUARDS, RULES
from tests.policies.conftest import FIXTURES, load
from tests.system.api_server import Server, until
from tests.system.judged import CASES, KINDS, answers_to, changed, covered, golden, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.values import Manifest
    from tests.system.support import System

pytestmark = pytest.mark.cluster

LESS_THAN_THE_PACK = {
    # The API server fills in one pod where the number is left to an HPA, so that a new Deployment of one must pass;
    # and whether an HPA owns the number is written in another object.
    "deployment-replicas": {
        "deployment/no-disruption-budget-for-one-pod",
        "deployment/replicas-1-without-hpa",
        "deployment/replicas-fixed-beside-hpa",
        "deployment/replicas-unset-without-hpa",
    },
    # Which pods are behind a target, a Service or a backend is written in another object.
    "hpa-target": {"hpa/of-an-api-of-another-name"},
    "service-database-exposed": {
        "ingress/backend-is-redis",
        "service/public-one-selects-both",
        "service/public-one-selects-redis",
    },
    # CEL neither measures entropy nor decodes base64, and option lists are read by more than an expression.
    "container-plaintext-secret": {
        "container_environment/password-among-options",
        "container_environment/random-token-under-any-name",
        "container_environment/uri-in-base64",
    },
}
"""Where the API server cannot find a rule broken; beside these, it refuses what is no valid object by itself."""


@pytest.fixture(scope="module")
def server(system: System) -> Iterator[Server]:
    """The API server with every declared policy in force, and with a second of each that warns of every rule."""
    server = Server(Cluster.connect(kubeconfig=system.run_dir / "kubeconfig"))
    warning = [each for guard in GUARDS for each in guard.manifests(guard.checks, exempt=True)]
    for manifest in warning:
        assert server.apply(manifest).status < 300
    until(lambda: all(_is_enforced(server, next(iter(guard.checks))) for guard in GUARDS))
    yield server
    for manifest in warning:
        server.cluster.delete(manifest["apiVersion"], manifest["kind"], manifest["metadata"]["name"])


def _is_enforced(server: Server, rule: str) -> bool:
    """Whether a rule's policies both warn and deny: one comes into force about a second after it is written."""
    return any(rule in answer.rules and answer.denied_by for answer in answers_to(server, rule))


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
    objects = [each.node.value for each in golden().resources() if kind_of(each.node.value) in KINDS]
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
