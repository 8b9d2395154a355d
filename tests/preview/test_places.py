"""Where a finding comes from."""

from __future__ import annotations

from typing import Any

import pytest

from infra.preview import places
from infra.preview.report import Place
from tests.preview.plans import create, delete, manifest, plan, urn

CLAIM = manifest("PersistentVolumeClaim", "a")
FRAME = "project:///infra/components/platform.py#39"
OUTSIDE = "project:///../../usr/lib/python3/pulumi/runtime/stack.py#133"


def place(step: dict[str, Any]) -> Place | None:
    return places.of_program(plan(step)).get(urn(CLAIM))


def test_the_first_frame_in_the_project_is_the_place() -> None:
    told = create(CLAIM, state={"sourcePosition": OUTSIDE, "stackTrace": [{"sourcePosition": FRAME}]})
    assert place(told) == Place("infra/components/platform.py", 39)
    assert place(delete(CLAIM, state={"sourcePosition": FRAME})) == Place("infra/components/platform.py", 39)


@pytest.mark.parametrize("state", [{}, {"sourcePosition": OUTSIDE}, {"sourcePosition": 1, "stackTrace": ["x"]}])
def test_where_no_frame_is_in_the_project_there_is_no_place(state: dict[str, Any]) -> None:
    assert place(create(CLAIM, state=state)) is None


@pytest.mark.parametrize(
    ("problem", "setting"),
    [
        ("api.memory.limit: 256Mi is below 512Mi", "api.memory.limit"),
        ("exemptions.0.rule: missing", "exemptions.0.rule"),
        ("secrets.NEW: nobody reads it", "secrets.NEW"),
        ("stack production has no release: run", ""),
        ("Pulumi.production.yaml: no such file", ""),
        ("nothing", ""),
    ],
)
def test_a_problem_begins_with_its_setting(problem: str, setting: str) -> None:
    assert places.setting_of(problem) == setting


def test_a_setting_that_is_not_in_the_file_is_named_without_a_line() -> None:
    text = "config:\n  rez-infra:api:\n    pods: 3\n"
    assert [str(each) for each in places.of_settings(["api.pods", "api.cpu"], text, "P.yaml")] == ["P.yaml:3", "P.yaml"]
