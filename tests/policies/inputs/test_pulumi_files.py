"""Previews and states: what they tell, on which line, and that nothing but one error comes of any other text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.inputs import preview, state
from policies.inputs.loaded import Extent
from policies.inputs.pulumi_file import Stack, UnreadableError
from policies.judging.plan import judge_plan
from policies.objects.options import Options
from policies.objects.values import UNKNOWN, Secret, Unknown
from policies.rule import Outcome

PLANS = Path(__file__).parents[1] / "fixtures" / "plan"
READERS = {"preview": preview.read, "state": state.read}
RECORDED = [*sorted(PLANS.glob("*.json")), *sorted((PLANS / "forms").iterdir())]


def text(name: str) -> str:
    return (PLANS / name).read_text(encoding="utf-8")


def named(stack: Stack) -> list[str]:
    return [str(resource) for resource in stack.loaded.resources]


def test_preview_tells_what_is_declared() -> None:
    stack = preview.read(text("nothing-changes.json"), "plan.json")
    assert (stack.name, stack.loaded.extent, stack.loaded.files) == ("production", Extent.WHOLE, 1)
    assert {step.op for step in stack.steps} == {"same"}
    assert len(stack.steps) == len(stack.loaded.resources) + stack.loaded.ignored == 4


def test_preview_without_what_stays_the_same_is_not_complete() -> None:
    stack = preview.read(text("settings-deleted.json"), "plan.json")
    assert (named(stack), stack.loaded.extent) == ([], Extent.PART)


def test_preview_that_failed_is_not_complete() -> None:
    digest = json.loads(text("nothing-changes.json"))
    failed = [{"severity": "error", "message": "preview failed"}]
    assert preview.read(json.dumps({**digest, "diagnostics": failed}), "-").loaded.extent is Extent.PART


def test_what_is_to_go_is_not_declared_and_its_successor_is() -> None:
    assert named(preview.read(text("settings-renamed.json"), "-")) == ["ConfigMap production/settings-9876543210"]
    for form in ("forms/steps.json", "forms/events.jsonl", "cluster-renamed.json"):
        stack = preview.read(text(form), "-")
        (step,) = {step.resource.origin: step for step in stack.steps}.values()
        assert step.resource.origin.endswith("::merchant")
        assert [each.node.text("name") for each in stack.loaded.resources] in ([], ["merchant2"])


def test_secrets_and_unknowns_are_marked() -> None:
    for file in ("user-changed.json", "forms/export.json"):
        stack = (state if "export" in file else preview).read(text(file), "-")
        users = [step.new for step in stack.steps if step.new] or stack.loaded.resources
        (user,) = (each for each in users if each.short_kind == "DatabaseUser")
        assert user.node.at("password").value == Secret(UNKNOWN)
    (step,) = preview.read(text("guard-unknown.json"), "-").steps
    assert step.new is not None
    assert isinstance(step.new.node.at("terminationProtectionEnabled").value, Unknown)


def test_options_are_read() -> None:
    digest = json.loads(text("protect-kept.json"))
    digest["steps"][1]["newState"] |= {"retainOnDelete": True, "ignoreChanges": ["labels", 7]}
    (step,) = preview.read(json.dumps(digest), "-").steps
    assert step.new is not None
    assert step.new.options == Options(protect=True, retain_on_delete=True, ignore_changes=("labels",))


def test_event_log_tells_the_same_plan_as_the_digest() -> None:
    digest, events = (preview.read(text(f"forms/{name}"), "-") for name in ("steps.json", "events.jsonl"))
    for one, other in zip(digest.steps, events.steps, strict=True):
        assert (one.op, one.resource.origin, one.reasons, one.changed) == (
            other.op,
            other.resource.origin,
            other.reasons,
            other.changed,
        )
    assert (events.name, events.loaded.extent) == ("production", Extent.WHOLE)


def test_state_tells_what_was_declared() -> None:
    stack = state.read(text("forms/export.json"), "state.json")
    assert (stack.name, stack.steps, len(stack.loaded.resources) + stack.loaded.ignored) == ("production", (), 4)


def test_what_waits_to_be_deleted_is_not_declared() -> None:
    export = json.loads(text("forms/export.json"))
    for resource in export["deployment"]["resources"]:
        resource["delete"] = True
    stack = state.read(json.dumps(export), "-")
    assert (named(stack), stack.loaded.ignored) == ([], 0)


def test_stack_without_resources_has_none() -> None:
    for deployment in ({}, {"resources": None}, {"resources": []}):
        stack = state.read(json.dumps({"version": 3, "deployment": deployment}), "-")
        assert (stack.name, stack.loaded.resources) == ("", [])


@pytest.mark.parametrize("file", ["nothing-changes.json", "forms/export.json", "forms/events.jsonl"])
def test_resource_stands_on_the_first_line_with_its_urn(file: str) -> None:
    content = text(file)
    stack = (state if "export" in file else preview).read(content, file)
    assert stack.loaded.resources
    for resource in stack.loaded.resources:
        assert resource.source is not None
        lines = content.splitlines()
        first = next(index for index, line in enumerate(lines, 1) if f'"urn": "{resource.origin}"' in line)
        assert (resource.source.file, resource.source.line) == (file, first)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "it is no JSON (Expecting value: line 1 column 1 (char 0))"),
        ("[" * 100_000, "it is nested too deeply"),
        ('{"steps":' + '{"a":' * 800 + "0" + "}" * 801, "its steps are no list of objects"),
        ("[]", 'it has no "steps"'),
        ('{"deployment": {}}', 'it has no "steps"'),
        ('{"steps": {}}', "its steps are no list of objects"),
        ('{"steps": [7]}', "its steps are no list of objects"),
        ('{"steps": [{"urn": "u"}]}', "one of them has no op"),
        ('{"sequence":0,"preludeEvent":{}}', "it ends before the engine's summary"),
        ('{"sequence":0,"preludeEvent":{}}\n{"sequence":1,"resour', "it is no JSON (Unterminated string starting at"),
    ],
)
def test_other_text_is_refused_in_one_line_that_says_what_to_do(content: str, why: str) -> None:
    with pytest.raises(UnreadableError) as refused:
        preview.read(content, "plan.json")
    assert str(refused.value).startswith(f"plan.json: {why}")
    assert "so it is not a preview; give what `pulumi preview --json" in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ('{"steps": []}', 'it has no "deployment"'),
        ('{"deployment": {"resources": 7}}', "its resources are no list of objects"),
        ('{"deployment": {"resources": [{"urn": ""}]}}', "one of them has no urn"),
    ],
)
def test_text_that_is_no_state_is_refused_too(content: str, why: str) -> None:
    with pytest.raises(UnreadableError) as refused:
        state.read(content, "state.json")
    assert (
        str(refused.value) == f"state.json: {why}, so it is not a stack's state; give what `pulumi stack export` prints"
    )


def test_properties_nested_too_deeply_are_refused() -> None:
    deep = '{"deeper": [' * 480 + "0" + "]}" * 480
    recorded = text("claim-deleted.json")
    with pytest.raises(UnreadableError, match="nested too deeply"):
        preview.read(recorded.replace('{"storageClassName": "efs-sc"}', deep), "-")


odd = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just("[secret]"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=5,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, item in items for place in places(item, (*path, key)))]


@st.composite
def spoiled(draw: st.DrawFn) -> str:
    """A recorded file with something else put in some of its places."""
    file = draw(st.sampled_from(RECORDED))
    recorded = file.read_text(encoding="utf-8")
    documents = [json.loads(part) for part in (recorded.splitlines() if file.suffix == ".jsonl" else [recorded])]
    for _ in range(draw(st.integers(1, 4))):
        document = draw(st.sampled_from(documents))
        *way, last = draw(st.sampled_from(places(document)[1:]))
        for key in way:
            document = document[key]
        document[last] = draw(odd)
    return "\n".join(json.dumps(document) for document in documents)


@pytest.mark.parametrize("reader", READERS)
@settings(max_examples=200)
@given(content=spoiled() | odd.map(json.dumps) | st.text(max_size=30))
def test_any_text_is_read_and_judged_or_refused_by_the_one_error(reader: str, content: str) -> None:
    try:
        stack = READERS[reader](content, "file.json")
    except UnreadableError:
        return
    found = judge_plan(stack.steps, stack=stack.name)
    assert [finding.message for finding in found if finding.outcome is Outcome.DEFECT] == []
