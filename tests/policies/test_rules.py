"""Every fixture is found by exactly the rules it names, and every rule has a fixture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from policies.registry import RULES
from policies.rule import Outcome, Scope

if TYPE_CHECKING:
    from policies.rule import Rule

FIXTURES = Path(__file__).parent / "fixtures"
CASES = {f"{path.parent.name}/{path.stem}": path for path in sorted(FIXTURES.glob("*/*.yaml"))}


@pytest.mark.parametrize("case", CASES)
def test_fixture_is_found_by_exactly_its_rules(case: str, golden: Any, load_fixture: Any) -> None:
    fixture = load_fixture(CASES[case])
    golden.change(fixture["change"])
    assert golden.ids() == sorted(fixture["finds"])
    assert golden.ids(Outcome.UNDETERMINED) == sorted(fixture.get("undetermined", ()))
    assert golden.ids(Outcome.DEFECT) == []


def test_golden_stack_has_no_finding(golden: Any) -> None:
    assert [finding.message for finding in golden.findings()] == []


IN_A_STACK = [rule for rule in RULES if rule.kinds]


@pytest.mark.parametrize("rule", IN_A_STACK, ids=lambda rule: rule.id)
def test_rule_has_a_fixture_that_breaks_it(rule: Rule, load_fixture: Any) -> None:
    assert any(rule.id in load_fixture(path)["finds"] for path in CASES.values())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_rule_tells_everything_about_itself(rule: Rule) -> None:
    about = rule.about
    assert all((about.id, about.title, about.why, about.remedy, about.snippet, about.source))
    assert max(map(len, (about.title, about.why, about.remedy))) <= 120
    assert list(yaml.safe_load_all(about.snippet))
    assert bool(rule.kinds) == (rule.scope in {Scope.OBJECT, Scope.STACK, Scope.OPTIONS})


def test_ids_are_unique() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)
