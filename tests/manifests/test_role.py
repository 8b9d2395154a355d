from __future__ import annotations

import pytest

from infra.manifests.role import deployer_role, deployer_role_binding


def verbs(resource: str) -> set[str]:
    return {verb for rule in deployer_role()["rules"] if resource in rule["resources"] for verb in rule["verbs"]}


@pytest.mark.parametrize("resource", ["pods/exec", "pods/attach", "pods/portforward", "pods/ephemeralcontainers", "*"])
def test_the_deployer_gets_no_way_into_a_pod(resource: str) -> None:
    assert verbs(resource) == set()


def test_the_deployer_cannot_list_secrets() -> None:
    assert verbs("secrets") == {"create", "delete", "get", "patch"}


@pytest.mark.parametrize("resource", ["deployments", "horizontalpodautoscalers", "configmaps", "jobs"])
def test_the_deployer_can_do_a_rollout(resource: str) -> None:
    assert {"create", "get", "list", "patch", "watch"} <= verbs(resource)


def test_the_deployer_can_take_its_own_lock_and_no_other() -> None:
    made, kept = [rule for rule in deployer_role()["rules"] if "leases" in rule["resources"]]
    assert made["verbs"] == ["create"]
    assert (kept["verbs"], kept["resourceNames"]) == (["get", "update"], ["rez-deploy"])


def test_the_deployer_can_show_its_token_and_change_no_account_that_is_used() -> None:
    rules = [rule for rule in deployer_role()["rules"] if "serviceaccounts" in rule["resources"]]
    assert [rule["resourceNames"] for rule in rules if "patch" in rule["verbs"]] == [["rez-fencing"]]
    assert verbs("serviceaccounts") == {"create", "get", "list", "patch", "watch"}


def test_the_deployer_cannot_change_its_own_rights() -> None:
    assert verbs("roles") == verbs("rolebindings") == set()


def test_the_role_is_bound_to_the_deployer_in_the_namespace() -> None:
    binding = deployer_role_binding()
    assert binding["kind"] == "RoleBinding"
    assert binding["subjects"] == [{"kind": "ServiceAccount", "name": "rez-deployer", "namespace": "production"}]
