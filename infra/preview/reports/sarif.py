"""For code scanning: SARIF 2.1.0, each finding at its setting, else where the program declares the object."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from infra.preview.reports.words import safe
from infra.settings.stack_file import file_of
from policies.registry import RULES
from policies.reports.sarif import SCHEMA, described, location

if TYPE_CHECKING:
    from infra.preview.report import Found, Report

MOST: Final = 1000
"""Results: what is uploaded must stay far below the 10 MB that GitHub takes."""
_SETTINGS: Final = "settings"
_OURS: Final = {
    _SETTINGS: "Settings can work",
    "engine-protect": "Nothing that is protected is deleted or replaced",
}


def render(report: Report) -> str:
    """Show a report as a SARIF log; exempted findings are suppressed results."""
    file = file_of(report.subject.stack)
    found = [*report.refused, *report.findings]  # worst first
    told = [*report.failures, *([f"{len(found) - MOST} more: `rez preview` shows all"] if len(found) > MOST else [])]
    results = [_result(each, file) for each in found[:MOST]]
    known = {each.id: described(each) for each in RULES}
    ids = sorted({result["ruleId"] for result in results})
    run = {
        "tool": {"driver": {"name": "rez preview", "rules": [known.get(each) or _named(each) for each in ids]}},
        "results": results,
        "invocations": [
            {
                "executionSuccessful": not report.failures,
                "toolExecutionNotifications": [{"level": "error", "message": {"text": safe(text)}} for text in told],
            }
        ],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)


def _named(name: str) -> dict[str, Any]:
    title = _OURS.get(name, "A rule of the base's policies")
    return {"id": name, "shortDescription": {"text": title}, "properties": {"security-severity": "9.5"}}


def _result(found: Found, file: str) -> dict[str, Any]:
    message, remedy = safe(found.message), safe(found.remedy)
    places = [location(each.file, each.line) for each in found.places] or [location(file, 1)]
    result: dict[str, Any] = {
        "ruleId": found.rule or _SETTINGS,
        "level": "error" if found.blocks else "warning",
        "message": {"text": f"{message}. Remedy: {remedy}" if remedy else message},
        "locations": places[:1],
        "relatedLocations": places[1:],
        "partialFingerprints": {"rez/v1": f"{found.rule}/{message.partition(' is ')[0]}"},
    }
    if found.exemption:
        result["suppressions"] = [{"kind": "external", "justification": safe(found.exemption)}]
    return result
