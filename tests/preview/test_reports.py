"""The four formats: each says the same, and none lets a stranger's text out of its place."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from markdown_it import MarkdownIt

from infra.github import delivery
from infra.preview.report import Change, Field, Found, Op, Place, Report, Subject
from infra.preview.reports import FORMATS, markdown, render, words

if TYPE_CHECKING:
    from pathlib import Path

MARKUP = [
    "<img src=x onerror=alert(1)> & <!-- ",
    "`` ` ``` ````",
    "@everyone and @octo/team, #12 octo/repo#1 GH-1",
    "[a](http://example.com) ![b](c) https://example.com www.example.com mail@example.com",
    "a | b \\| c \\\\| d",
    "*a* _b_ **c** ~~d~~ # e",
    "</details></summary></code>",
    "```diff",
    "$a$ :tada: {{x}}",
    "first\n\n- second\n\n```\nthird",
    "\\",
    "`",
]
COMMANDS = "\x1b[31mred\x1b[0m \x07 \u202ereversed\u202c zero\u200bwidth"
GUARDS = ("@e", "@o", "#1", "http://", "https://", "www.example", "mail@e")


def report(text: str = "text") -> Report:
    place = Place("Pulumi.production.yaml", 16, "api.memory.limit")
    found = Found(
        rule="deployment-memory-limit", severity="high", blocks=True, message=text, remedy=text, places=(place,)
    )
    fields = (Field(text, text, text), Field(text, None, text), Field(text, text, None, replaces=True))
    change = Change(op=Op.REPLACE, kind="Deployment", name=text, fields=fields, cost=text, was=text, place=place)
    return Report(
        subject=Subject(stack="production", base=text, head=text, judge=text),
        refused=(replace(found, rule=""),),
        failures=(text,),
        findings=(found, replace(found, blocks=False), replace(found, exemption=text)),
        changes=(change, replace(change, op=Op.CREATE), replace(change, op=Op.DELETE, fields=())),
        unchanged=3,
        notes=(text,),
    )


def tokens(text: str) -> list[Any]:
    parsed = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(text)
    return [inner for token in parsed for inner in (token, *(token.children or ()))]


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_names_rule_setting_file_and_line(form: str) -> None:
    text = render(report("Deployment production/a: memory is 256Mi, must be at least 512Mi"), form)
    assert "deployment-memory-limit" in text
    assert "Pulumi.production.yaml" in text
    assert "16" in text
    assert "256Mi" in text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "nothing to do, 3 unchanged"),
        ({"failures": ("boom",)}, "as far as is known: 3 unchanged"),
        ({"failures": ("boom",), "unchanged": 0}, "nothing is planned"),
        ({"refused": report().refused, "unchanged": 0}, "nothing is planned"),
        ({"refused": report().refused}, "nothing to do, 3 unchanged"),
        ({"failures": ("boom",), "changes": report().changes[:1]}, "as far as is known: 1 to replace, 3 unchanged"),
    ],
)
def test_a_plan_that_is_not_whole_is_never_called_nothing_to_do(changed: dict[str, Any], said: str) -> None:
    bare = replace(report(), refused=(), failures=(), findings=(), changes=())
    assert words.totals(replace(bare, **changed)) == said


@pytest.mark.parametrize("form", ["table", "markdown"])
def test_a_traceback_keeps_its_indentation_but_not_without_end(form: str) -> None:
    found = render(replace(report(), failures=(f"Traceback:\n    a = (\n        ^\n{' ' * 999}b",)), form)
    margin = "  " if form == "table" else ""
    assert f"\n{margin}    a = (\n{margin}        ^\n" in found
    assert " " * 100 not in found


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_to_do_is_said_too(form: str) -> None:
    assert render(Report(subject=Subject(stack="production", base="a", head="b", judge="a")), form)


@pytest.mark.parametrize("text", MARKUP)
def test_markup_of_strangers_changes_nothing_of_the_comments_form(text: str) -> None:
    def form(of: str) -> list[tuple[str, str]]:
        return [(each.type, each.tag) for each in tokens(render(report(of), "markdown")) if each.type != "text"]

    assert form(text) == form("text")


@pytest.mark.parametrize("text", MARKUP)
def test_no_text_of_strangers_links_or_calls_anybody(text: str) -> None:
    for token in tokens(render(report(text), "markdown")):
        if token.type == "text":
            assert not any(sign in token.content for sign in GUARDS), token.content
        if token.type in {"html_block", "html_inline"}:
            outside = re.sub(r"<code>[^<]*</code>", "", token.content)
            assert not any(sign in outside for sign in (*GUARDS, "<img", "<!--")), token.content


def test_prose_reads_as_it_was_written() -> None:
    shown = tokens(markdown.prose("set `rediss://` to *one*, ask @me | #1 <b>"))
    plain = "".join(each.content for each in shown if each.type == "text").replace("\N{WORD JOINER}", "")
    assert plain == "set `rediss://` to *one*, ask @me | #1 <b>"


@pytest.mark.parametrize("text", MARKUP)
def test_a_code_span_shows_every_sign(text: str) -> None:
    (found,) = [each for each in tokens(markdown.code(text)) if each.type == "code_inline"]
    assert found.content.strip() == " ".join(text.split())


@pytest.mark.parametrize("form", FORMATS)
def test_what_commands_a_terminal_or_hides_is_shown_by_its_number(form: str) -> None:
    text = render(report(COMMANDS), form)
    assert not {"\x1b", "\x07"} & set(text)
    if form != "json":  # which is for programs
        assert "\\u001b[31mred" in text or "\\\\u001b" in text
        assert not {"\u202e", "\u200b"} & set(text)


def test_a_comment_is_never_longer_than_github_takes_and_counts_what_it_leaves_out() -> None:
    long = "`|@<" * 2000
    fields = tuple(Field(f"{long}{number}", long, long) for number in range(100))
    change = Change(op=Op.CHANGE, kind="ConfigMap", name=long, fields=fields, cost=long)
    found = Found(rule="a" * 40, severity="high", blocks=True, message=long, remedy=long)
    big = replace(report(long), changes=(change,) * 300, findings=(found,) * 300, refused=(found,) * 100)
    text = render(big, "markdown")
    assert len(text) <= markdown.LONGEST
    assert re.search(r"… \d+ more objects \|", text)
    assert re.search(r"\d+ more objects; `rez preview` shows all", text)


def test_long_objects_are_cut_with_a_count() -> None:
    fields = tuple(Field(f"field{number}", None, "x") for number in range(100))
    change = Change(op=Op.CREATE, kind="ConfigMap", name="a", fields=fields)
    cut = replace(report(), changes=(change,))
    assert "… 70 more fields" in render(cut, "markdown")
    assert "… 60 more fields" in render(cut, "table")
    assert "field99" in render(cut, "json")


def test_json_is_one_object_with_the_verdict_first() -> None:
    found = json.loads(render(report(), "json"))
    assert list(found)[:3] == ["passed", "blocked", "subject"]
    assert (found["passed"], found["blocked"]) == (False, True)
    assert found["changes"][0]["op"] == "replace"
    assert found["changes"][0]["fields"][2] == {"path": "text", "old": "text", "new": None, "replaces": True}
    assert found["findings"][0]["places"][0] == {
        "file": "Pulumi.production.yaml",
        "line": 16,
        "setting": "api.memory.limit",
    }


def test_findings_without_end_are_still_a_log_that_is_taken(tmp_path: Path) -> None:
    one = report("wrong " * 100).findings[0]
    text = render(replace(report(), findings=(one,) * 3000, refused=(), failures=()), "sarif")
    (run,) = json.loads(text)["runs"]
    (told,) = run["invocations"][0]["toolExecutionNotifications"]
    assert told["message"]["text"].startswith("2000 more")
    for name, content in (("number", "7"), ("report.md", "x"), ("preview.sarif", text)):
        (tmp_path / name).write_text(content)
    assert delivery.read(tmp_path).findings


def test_sarif_puts_findings_at_their_setting_and_suppresses_the_exempt_ones() -> None:
    (run,) = json.loads(render(report(), "sarif"))["runs"]
    assert [each["id"] for each in run["tool"]["driver"]["rules"]] == ["deployment-memory-limit", "settings"]
    assert [(each["level"], bool(each.get("suppressions"))) for each in run["results"]] == [
        ("error", False),
        ("error", False),
        ("warning", False),
        ("error", True),
    ]
    assert run["results"][0]["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "Pulumi.production.yaml"},
        "region": {"startLine": 16},
    }
    assert run["invocations"][0]["executionSuccessful"] is False


def test_a_table_has_no_color_when_it_is_not_a_terminal() -> None:
    assert "\x1b" not in render(report(), "table")


def test_commands_in_a_remedy_are_shown_as_code_and_nothing_else_formats() -> None:
    shown = tokens(markdown.worded("take the option `protect` off, *then* run `rez up @me`."))
    assert [each.content for each in shown if each.type == "code_inline"] == ["protect", "rez up @me"]
    assert not [each for each in shown if each.type == "em_open"]
    assert "option `protect` off" in markdown.worded("the option `protect` off")
    assert [each.type for each in tokens(markdown.worded("one ` alone")) if each.type == "code_inline"] == []
