"""Where a setting stands, and copies of a stack file with other values in it."""

from __future__ import annotations

import pytest
import yaml

from infra.preview import stack_text

TEXT = """\
# a comment
config:
  rez-infra:api:
    pods: {min: 3, max: 10} # flow
    probes:
      startup: {period: 2s}
      liveness:
        period: 10s
  rez-infra:exemptions:
    - rule: a
      expires: 2026-12-31
"""
OTHER = TEXT.replace("max: 10", "max: 8").replace("10s", "20s").replace("2s", "4s").replace("min: 3, ", "min: 5, ")


@pytest.mark.parametrize(
    ("setting", "line"),
    [
        ("api.pods", 4),
        ("api.pods.max", 4),
        ("api.probes.liveness.period", 8),
        ("exemptions.0.expires", 11),
        ("api.pods.median", None),
        ("exemptions.1", None),
        ("nowhere", None),
    ],
)
def test_a_setting_has_a_line(setting: str, line: int | None) -> None:
    assert stack_text.line_of(TEXT, setting) == line


@pytest.mark.parametrize("text", ["", "config:", "config: [", "a: &a [*a]", "[" * 5000])
def test_a_file_without_settings_has_no_lines(text: str) -> None:
    assert stack_text.line_of(text, "api.pods") is None
    assert stack_text.exemptions(text) == []


@pytest.mark.parametrize(
    ("settings", "changed"),
    [
        (["api.pods.max"], {"max: 10": "max: 8"}),
        (["api.pods.max", "api.pods"], {"max: 10": "max: 8", "min: 3": "min: 5"}),
        (["api.probes"], {"10s": "20s", "2s": "4s"}),
        (["api.pods.max", "nowhere"], {"max: 10": "max: 8"}),
        ([], {}),
    ],
)
def test_settings_and_sections_get_the_others_values_and_all_else_stays(
    settings: list[str], changed: dict[str, str]
) -> None:
    text, done = stack_text.with_values_of(TEXT, OTHER, settings)
    expected = TEXT
    for old, new in changed.items():
        expected = expected.replace(old, new)
    assert text == expected
    assert set(done) <= set(settings)
    assert bool(done) == bool(changed)


def test_a_block_text_is_left_where_it_is() -> None:
    text = "config:\n  rez-infra:a:\n    b: |\n      one\n"
    assert stack_text.with_values_of(text, text.replace("one", "two"), ["a.b"]) == (text, [])


@pytest.mark.parametrize(
    ("section", "entries"), [("[{rule: a}]", [{"rule": "a"}]), ("{rule: a}", [{"rule": "a"}]), ("", []), ("x", ["x"])]
)
def test_exemptions_are_a_list_whatever_was_written(section: str, entries: list[object]) -> None:
    assert stack_text.exemptions(f"config:\n  rez-infra:exemptions: {section}\n") == entries


def test_a_date_that_is_none_hides_no_crash() -> None:
    assert stack_text.exemptions("config:\n  rez-infra:exemptions: [{expires: 2026-13-45}]\n") == []


def test_quoted_text_is_read_as_it_was() -> None:
    assert yaml.safe_load(stack_text.quoted('a: "b" # c')) == 'a: "b" # c'


def test_changed_settings_are_known_by_what_they_were() -> None:
    was = "config:\n  rez-infra:database: {atlas: {cluster: a, nodes: 3}, name: b, gone: c}\n  other:x: {y: d}\n"
    now = "config:\n  rez-infra:database: {atlas: {cluster: z, nodes: 5}, name: b}\n"
    assert stack_text.changed(was, now) == {"a": "database.atlas.cluster", "c": "database.gone"}
    assert stack_text.changed("", now) == stack_text.changed(was, was) == {}
