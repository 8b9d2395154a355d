"""For code scanning: SARIF 2.1.0, one result per finding, each rule described once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from policies.rule import Enforcement, Severity

if TYPE_CHECKING:
    from policies.inputs.loaded import Problem
    from policies.judging.assess import Assessment, Placed
    from policies.judging.unjudged import Unjudged
    from policies.rule import Rule

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_SCORES: Final = {Severity.MEDIUM: "5.0", Severity.HIGH: "8.0", Severity.CRITICAL: "9.5"}
"""How code scanning sorts: https://docs.github.com, SARIF support, `security-severity`."""


def render(assessment: Assessment) -> str:
    """Show an assessment as a SARIF log; exempted findings are suppressed results."""
    results = [*assessment.findings, *assessment.exempted]
    rules = {each.finding.rule.id: each.finding.rule for each in results}
    run = {
        "tool": {"driver": {"name": "rez check", "rules": [described(rules[key]) for key in sorted(rules)]}},
        "results": [_result(each) for each in results],
        "invocations": [
            {
                "executionSuccessful": not assessment.problems,
                "toolExecutionNotifications": [
                    *map(_notification, assessment.problems),
                    *map(_not_judged, assessment.not_judged),
                ],
            }
        ],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)


def described(rule: Rule) -> dict[str, Any]:
    """Describe a rule as code scanning shows it."""
    about = rule.about
    return {
        "id": about.id,
        "shortDescription": {"text": about.title},
        "fullDescription": {"text": f"{about.title}. {about.why}."},
        "help": {
            "text": f"{about.remedy}\n{about.snippet}\nSource: {about.source}",
            "markdown": f"{about.remedy}\n\n```yaml\n{about.snippet}```\n\nSource: {about.source}",
        },
        "properties": {"security-severity": _SCORES[about.severity]},
    }


def _result(placed: Placed) -> dict[str, Any]:
    finding = placed.finding
    result: dict[str, Any] = {
        "ruleId": finding.rule.id,
        "level": "error" if finding.enforcement is Enforcement.MANDATORY else "warning",
        "message": {"text": f"{finding.message}. Remedy: {finding.remediation}"},
        "locations": [location(placed.file or finding.resource.origin, placed.line)],
        "partialFingerprints": {"rez/v1": f"{finding.rule.id}/{finding.resource}/{finding.field}"},
    }
    if finding.exemption is not None:
        result["suppressions"] = [{"kind": "external", "justification": str(placed.finding.exemption)}]
    return result


def _notification(problem: Problem) -> dict[str, Any]:
    return {
        "level": "error",
        "message": {"text": problem.message},
        "locations": [location(problem.file, problem.line)],
    }


def _not_judged(unjudged: Unjudged) -> dict[str, Any]:
    return {"level": "note", "message": {"text": f"{unjudged.rule} was not judged: {unjudged.reason}"}}


def location(file: str, line: int) -> dict[str, Any]:
    """Name a place; a line that is not known is the first."""
    return {"physicalLocation": {"artifactLocation": {"uri": file}, "region": {"startLine": max(line, 1)}}}
