"""The six formats: each says the same, and none lets text of a manifest out of its place."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from policies.inputs import manifests
from policies.judging.assess import Assessment, assess
from policies.judging.exemptions import of_config
from policies.reports import FORMATS, render

if TYPE_CHECKING:
    from pathlib import Path

TEXT = """\
apiVersion: v1
kind: Service
metadata: {name: "a|b`<x>%0A::error::", namespace: production}
spec:
  type: NodePort
---
apiVersion: v1
kind: Service
metadata: {name: c, namespace: production}
spec: {type: NodePort}
---
a: [
"""
EXEMPT = {
    "rule": "service-exposed",
    "resource": "Service production/c",
    "reason": "moves to the gateway",
    "owner": "devops-lead@rezapp.com",
    "expires": "2026-12-31",
}


@pytest.fixture
def assessment(tmp_path: Path) -> Assessment:
    file = tmp_path / "a.yaml"
    file.write_text(TEXT, encoding="utf-8")
    return assess(
        manifests.read([str(file)]),
        stack="production",
        declared=of_config([EXEMPT], "Pulumi.production.yaml"),
        today=date(2026, 11, 25),
    )


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_says_what_where_who_and_what_could_not_be_read(form: str, assessment: Assessment) -> None:
    text = render(assessment, form)
    assert "service-exposed" in text
    assert "devops-lead" in text
    assert "moves to the gateway" in text
    assert "not readable" in text


def test_json_is_one_object_with_the_promised_keys(assessment: Assessment) -> None:
    found = json.loads(render(assessment, "json"))
    (finding,) = found["findings"]
    assert {
        "rule": "service-exposed",
        "severity": "critical",
        "enforcement": "mandatory",
        "line": 5,
        "resource": {"kind": "Service", "namespace": "production", "name": "a|b`<x>%0A::error::"},
    }.items() <= finding.items()
    assert finding["file"].endswith("a.yaml")
    assert finding["message"]
    assert finding["remediation"]
    assert found["exempted"][0]["exemption"]["owner"] == EXEMPT["owner"]
    assert [each["line"] for each in found["problems"]] == [13]
    assert found["blocked"] is True


def test_sarif_describes_each_rule_once_and_suppresses_what_is_exempt(assessment: Assessment) -> None:
    (run,) = json.loads(render(assessment, "sarif"))["runs"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["service-exposed"]
    assert [bool(result.get("suppressions")) for result in run["results"]] == [False, True]
    assert run["results"][0]["locations"][0]["physicalLocation"]["region"] == {"startLine": 5}


def test_junit_counts_failures_skips_and_errors(assessment: Assessment) -> None:
    suites = ET.fromstring(render(assessment, "junit"))
    assert [(each.get("failures"), each.get("skipped"), each.get("errors")) for each in suites] == [
        ("1", "1", "0"),
        ("0", "0", "1"),
    ]


def test_github_commands_keep_hostile_names_inside(assessment: Assessment) -> None:
    commands = [line for line in render(assessment, "github").splitlines() if line.startswith("::")]
    assert [line.split(" ", 1)[0] for line in commands] == ["::error", "::error", "::notice"]
    assert "%250A" in commands[1]


def test_markdown_keeps_hostile_names_inside_their_cell(assessment: Assessment) -> None:
    row = next(line for line in render(assessment, "markdown").splitlines() if "service-exposed" in line)
    assert row.replace("\\|", "").count("|") == 6
    assert "<x>" not in row


def test_table_has_no_color_when_it_is_not_a_terminal(assessment: Assessment) -> None:
    assert "\x1b" not in render(assessment, "table")


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_found_is_said_too(form: str, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("apiVersion: v1\nkind: Widget\n", encoding="utf-8")
    loaded = manifests.read([str(tmp_path)])
    empty: Any = {"stack": "production", "declared": of_config(None, ""), "today": date(2026, 1, 1)}
    assert render(assess(loaded, **empty), form)


def test_no_line_of_the_table_is_a_command_of_a_ci_job(tmp_path: Path) -> None:
    name = '"a\\n::error::x\\u001b[31m"'
    text = f"apiVersion: v1\nkind: Service\nmetadata: {{name: {name}, namespace: b}}\nspec: {{type: NodePort}}\n"
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    read: Any = {"stack": "production", "declared": of_config(None, ""), "today": date(2026, 1, 1)}
    shown = render(assess(manifests.read([str(tmp_path)]), **read), "table")
    assert not any(line.lstrip().startswith("::") for line in shown.splitlines())
    assert "\x1b" not in shown
