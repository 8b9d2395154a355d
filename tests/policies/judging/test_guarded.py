"""The table of guarded fields knows every field in which the fixtures let a rule find something."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from policies.judging.guarded import hidden
from policies.objects.property_path import render
from policies.rule import Outcome, Scope

FIXTURES = Path(__file__).parents[1] / "fixtures"
CASES = {f"{path.parent.name}/{path.stem}": path for path in sorted(FIXTURES.glob("*/*.yaml"))}
NOT_CHANGED_IN_PLACE = ("apiVersion", "kind", "metadata.name", "metadata.namespace", "name")
ANYWHERE = "annotations"  # any of them may hold a credential, and most of them are other programs' to change
HPAS_OWN = ("Deployment.apps", "spec.replicas")


@pytest.mark.parametrize("case", CASES)
def test_what_a_rule_finds_may_not_be_ignored(case: str, golden: Any, load_fixture: Any) -> None:
    golden.change(load_fixture(CASES[case])["change"])
    unguarded = {
        (each.resource.kind, render(each.steps))
        for each in golden.findings()
        if each.outcome is Outcome.VIOLATION and each.rule.scope is not Scope.OPTIONS
        if ANYWHERE not in each.steps and not hidden(each.resource.node, each.steps)
    }
    assert {each for each in unguarded if each[1] not in NOT_CHANGED_IN_PLACE} - {HPAS_OWN} == set()
