"""Every row of the coverage table: a bad stack that its rule finds, and the nearest good one, which it leaves alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from policies.coverage import ROWS, Row
from policies.registry import RULES
from policies.rule import Outcome

HERE = Path(__file__).parent
TWINS: dict[str, dict[str, str]] = {
    row: twins
    for path in sorted((HERE / "rows").glob("*.yaml"))
    for row, twins in yaml.safe_load(path.read_text(encoding="utf-8")).items()
}
IN_A_STACK = [row for row in ROWS if row.rule in {rule.id for rule in RULES if rule.kinds}]


def fixture(name: str, load_fixture: Any) -> dict[str, Any]:
    loaded: dict[str, Any] = load_fixture(HERE / "fixtures" / f"{name}.yaml")
    return loaded


@pytest.mark.parametrize("row", IN_A_STACK, ids=lambda row: row.id)
def test_bad_stack_is_found_by_the_rows_rule(row: Row, golden: Any, load_fixture: Any) -> None:
    bad = fixture(TWINS[row.id]["bad"], load_fixture)
    golden.change(bad["change"])
    assert row.rule in golden.ids()


@pytest.mark.parametrize("row", IN_A_STACK, ids=lambda row: row.id)
def test_nearest_good_stack_is_not_touched(row: Row, golden: Any, load_fixture: Any) -> None:
    good = fixture(TWINS[row.id]["good"], load_fixture)
    golden.change(good["change"])
    assert golden.ids() == []
    assert golden.ids(Outcome.UNDETERMINED) == []


def test_every_row_has_its_rule_and_every_rule_is_told_about() -> None:
    assert {row.rule for row in ROWS} <= {rule.id for rule in RULES}
    assert len({row.id for row in ROWS}) == len(ROWS) == 129
