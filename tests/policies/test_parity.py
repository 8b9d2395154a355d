"""The same stack gives the same findings, whichever of the four inputs it comes by."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING, Any

import pytest

from policies.coverage import ROWS, Row
from policies.inputs import manifests
from policies.inputs import preview as previews
from policies.inputs import state as states
from policies.inputs.loaded import Extent, Loaded
from policies.judging.judge import judge, judge_stack
from policies.pack import Analyzer
from tests.policies import encoders
from tests.policies.test_rows import IN_A_STACK, TWINS, fixture

if TYPE_CHECKING:
    from policies.objects.values import Manifest

NOT_IN_FILES = {
    "D06": "files seldom hold the Secrets, so that one is missing says nothing",
    "D11": "a Secret's mark is Pulumi's",
    "L03": "options are Pulumi's",
    "L06": "options are Pulumi's",
    "L07": "Atlas is Pulumi's",
    "L09": "a Helm release is Pulumi's",
} | {row.id: "Atlas is Pulumi's" for row in ROWS if row.id.startswith("J")}
"""Rows that manifests cannot carry, and why. The plan's rows (L04, L05) are a preview's alone, C08 is a deploy's."""

Found = set[tuple[str, str]]


def judged(loaded: Loaded) -> Found:
    found = [finding for resource in loaded.resources for finding in judge(resource, stack="production")]
    found += judge_stack(loaded.resources, stack="production", complete=loaded.extent is Extent.WHOLE)
    return {(each.rule.id, each.message) for each in found}


def by_engine(documents: list[Manifest]) -> Found:
    analyzer = Analyzer()
    answers = [analyzer.Analyze(encoders.request(each), None) for each in documents]
    answers.append(analyzer.AnalyzeStack(encoders.stack_request(documents), None))
    return {(each.policyName, each.message.splitlines()[1]) for answer in answers for each in answer.diagnostics}


def by_preview(documents: list[Manifest]) -> Found:
    return judged(previews.read(encoders.preview(documents), "preview.json").loaded)


def by_state(documents: list[Manifest]) -> Found:
    return judged(states.read(encoders.state(documents), "state.json").loaded)


def by_files(documents: list[Manifest]) -> Found:
    stdin, sys.stdin = sys.stdin, io.StringIO(encoders.files(documents))
    try:
        return judged(manifests.read(["-"]))
    finally:
        sys.stdin = stdin


@pytest.mark.parametrize("row", IN_A_STACK, ids=lambda row: row.id)
def test_row_is_found_alike_by_every_input_that_can_carry_it(row: Row, golden: Any, load_fixture: Any) -> None:
    golden.change(fixture(TWINS[row.id]["bad"], load_fixture)["change"])
    documents = list(golden.objects.values())
    engine, files = by_engine(documents), by_files(documents)
    assert {rule for rule, _ in engine} >= {row.rule}
    assert by_preview(documents) == engine
    assert by_state(documents) == engine
    assert (row.rule in {rule for rule, _ in files}) == (row.id not in NOT_IN_FILES)
    if row.id not in NOT_IN_FILES:
        assert of(row.rule, files) == of(row.rule, engine)


def of(rule: str, found: Found) -> Found:
    return {(each, message) for each, message in found if each == rule}


def test_good_stack_is_good_by_every_input(golden: Any) -> None:
    documents = list(golden.objects.values())
    assert by_engine(documents) == by_preview(documents) == by_state(documents) == by_files(documents) == set()


def test_rows_left_to_files_exceptions_are_rows() -> None:
    assert set(NOT_IN_FILES) <= {row.id for row in IN_A_STACK}
    assert len(IN_A_STACK) == len(ROWS) - 3
