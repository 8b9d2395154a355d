"""What cannot be said of a part of a stack, or of the stack local, is not said."""

from __future__ import annotations

from typing import Any

import pytest

from policies.inputs.loaded import Extent
from policies.judging.judge import judge_stack
from policies.judging.unjudged import unjudged
from policies.registry import RULES
from policies.rule import Scope

DEPLOYMENT = "Deployment/merchant-backend"
API = "spec.template.spec.containers.api"


def ids(golden: Any, *, complete: bool) -> set[str]:
    return {finding.rule.id for finding in judge_stack(golden.resources(), stack="production", complete=complete)}


@pytest.mark.parametrize("missing", ["Secret/db-secrets-0123456789", "ConfigMap/merchant-backend-config-0123456789"])
def test_reference_is_judged_only_where_all_objects_are_seen(missing: str, golden: Any) -> None:
    golden.change({missing: None})
    assert "container-secret-exists" in ids(golden, complete=True)
    assert "container-secret-exists" not in ids(golden, complete=False)


def test_node_env_may_be_set_by_a_config_map_that_is_not_seen(golden: Any) -> None:
    golden.change({DEPLOYMENT: {f"{API}.env": None, f"{API}.envFrom": [{"configMapRef": {"name": "elsewhere"}}]}})
    assert "container-node-env" not in ids(golden, complete=False)


def test_stack_local_may_do_without_tls_and_without_production(golden: Any) -> None:
    golden.change({DEPLOYMENT: {f"{API}.env": [{"name": "MONGODB_URI", "value": "mongodb://10.0.0.1/rez"}]}})
    found = {stack: {finding.rule.id for finding in golden.findings(stack)} for stack in ("production", "local")}
    assert {"connection-tls", "container-node-env"} <= found["production"]
    assert not {"connection-tls", "container-node-env"} & found["local"]


def test_what_cannot_be_judged_from_an_input_is_named_with_its_reason(golden: Any) -> None:
    resources = golden.resources()
    named = {extent: {each.rule: each.reason for each in unjudged(resources, extent)} for extent in Extent}
    together = {
        rule.id for rule in RULES if rule.scope is Scope.STACK and {each.kind for each in resources} & {*rule.kinds}
    }
    assert "files seldom hold the Secrets" in named[Extent.FILES]["container-secret-exists"]
    assert together <= named[Extent.PART].keys()
    assert not together & named[Extent.WHOLE].keys()


def test_rule_is_not_missed_where_nothing_is_of_its_kind() -> None:
    assert unjudged([], Extent.PART) == ()
