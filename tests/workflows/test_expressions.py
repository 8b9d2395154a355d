from __future__ import annotations

from typing import Any

import pytest

from tests.workflows.expressions import filled, holds, value

CONTEXT = {
    "inputs": {"version": "", "named": "v2"},
    "github": {"event": {"release": {"tag_name": "v1"}, "number": 7}, "token": "t"},
    "needs": {"look": {"outputs": {"code": "7"}}},
}
FUNCTIONS: dict[str, Any] = {
    "always": lambda: True,
    "success": lambda: False,
    "hashFiles": lambda *patterns: "+".join(patterns),
}


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("inputs.version || github.event.release.tag_name", "v1"),
        ("inputs.named || github.event.release.tag_name", "v2"),
        ("inputs.absent || 'none'", "none"),
        ("inputs.version || 'it''s'", "it's"),
        ("needs.look.outputs.code == '7'", True),
        ("needs.look.outputs.code != '7'", False),
        ("github.event.number == '7'", True),
        ("needs.absent.outputs.code == ''", True),
        ("inputs.named == 'V2'", True),
        ("inputs.named == 'v2' && github.token != 't'", False),
        ("inputs.named == 'v1' || github.token == 't'", True),
        ("hashFiles('a', 'b')", "a+b"),
        ("always()", True),
    ],
)
def test_an_expression_has_its_value(expression: str, result: Any) -> None:
    assert value(expression, CONTEXT, FUNCTIONS) == result


@pytest.mark.parametrize("expression", ["", "a ==", "a b", "fromJSON('1')", "a > b", "!a", "a[0]", "'open", "a ||"])
def test_what_is_not_understood_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match=r"expected there|more than these tests understand"):
        value(expression, CONTEXT, FUNCTIONS)


def test_texts_are_filled_and_what_is_absent_is_empty() -> None:
    assert filled("v=${{ inputs.named }}/${{ vars.ABSENT }}.", CONTEXT, FUNCTIONS) == "v=v2/."


@pytest.mark.parametrize(
    ("condition", "result"),
    [("inputs.named == 'v2'", False), ("always()", True), ("${{ always() }}", True), ("success()", False)],
)
def test_a_condition_wants_success_unless_it_asks_for_the_status(condition: str, result: bool) -> None:  # noqa: FBT001
    assert holds(condition, CONTEXT, FUNCTIONS) is result
