"""What the engine printed, as it is judged and shown."""

from __future__ import annotations

from typing import Any

import pytest

from infra.preview import digest
from tests.preview.plans import create, manifest, plan, step

EXEMPT = "policies.rez.dev/exempt"


def annotated(**notes: str) -> dict[str, Any]:
    body = manifest("ConfigMap", "c", data={})
    return {**body, "metadata": {**body["metadata"], "annotations": notes}}


@pytest.mark.parametrize("text", ["", "[]", "{}", "error: no stack", '{"steps": 1}', '{"steps": null}'])
def test_what_is_no_plan_is_none(text: str) -> None:
    assert digest.read(text) is None


def test_refused_settings_are_told_apart_from_what_else_went_wrong() -> None:
    told = plan(errors=("refused: api.pods.max: 77 is above 10; set 10", "boom", "boom", "preview failed"))
    assert digest.errors(told) == (["api.pods.max: 77 is above 10; set 10"], ["boom"])
    assert digest.errors({"steps": []}) == ([], [])


def test_a_new_exemption_on_an_object_is_listed_and_taken_off() -> None:
    told = plan(create(annotated(**{EXEMPT: "[1]", "other": "x"})))
    assert [text for _, text in digest.asked_exemptions(told)] == ["[1]"]
    (judged,) = digest.without_asked_exemptions(told)["steps"]
    assert judged["newState"]["inputs"]["metadata"]["annotations"] == {"other": "x"}
    assert told["steps"][0]["newState"]["inputs"]["metadata"]["annotations"][EXEMPT] == "[1]"


def test_an_exemption_that_was_there_counts_and_a_widened_one_counts_as_it_was() -> None:
    kept = plan(step("same", annotated(**{EXEMPT: "[1]"}), annotated(**{EXEMPT: "[1]"})))
    assert digest.asked_exemptions(kept) == []
    assert digest.without_asked_exemptions(kept) == kept
    widened = plan(step("update", annotated(**{EXEMPT: "[1]"}), annotated(**{EXEMPT: "[2]"})))
    (judged,) = digest.without_asked_exemptions(widened)["steps"]
    assert judged["newState"]["inputs"]["metadata"]["annotations"] == {EXEMPT: "[1]"}


def test_odd_shapes_ask_for_nothing() -> None:
    odd = [{"op": "same", "urn": "x", "newState": state} for state in (None, [], {"inputs": {"metadata": "[secret]"}})]
    assert digest.asked_exemptions({"steps": odd}) == []
