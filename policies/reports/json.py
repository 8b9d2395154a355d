"""For programs: one JSON object."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from policies.judging.assess import Assessment, Placed

_text: Final = json.JSONEncoder(ensure_ascii=False).encode


def render(assessment: Assessment) -> str:
    """Show an assessment as one object: counts and lists, see `as_object`."""
    parts = [f"{_text(key)}: {_lines(value)}" for key, value in as_object(assessment).items()]
    return "{\n  " + ",\n  ".join(parts) + "\n}"


def _lines(value: Any) -> str:
    # One line for each finding: a person can read it, and the encoder that indents takes ten times as long.
    if isinstance(value, list) and value:
        return "[\n    " + ",\n    ".join(map(_text, value)) + "\n  ]"
    return _text(value)


def as_object(assessment: Assessment) -> dict[str, Any]:
    """Give an assessment as plain data: counts, findings, exempted ones, problems of reading, rules not judged."""
    return {
        "stack": assessment.stack,
        "blocked": assessment.blocked,
        "files": assessment.files,
        "resources": assessment.resources,
        "ignored": assessment.ignored,
        "findings": [_finding(each) for each in assessment.findings],
        "exempted": [_finding(each) | {"exemption": _exemption(each)} for each in assessment.exempted],
        "problems": [{"file": each.file, "line": each.line, "message": each.message} for each in assessment.problems],
        "not_judged": [each._asdict() for each in assessment.not_judged],
    }


def _finding(placed: Placed) -> dict[str, Any]:
    finding = placed.finding
    about = finding.rule.about
    resource = finding.resource
    return {
        "rule": about.id,
        "severity": about.severity.value,
        "enforcement": finding.enforcement.value,
        "outcome": finding.outcome.value,
        "file": placed.file,
        "line": placed.line,
        "resource": {"kind": resource.short_kind, "namespace": resource.namespace, "name": resource.name},
        "field": finding.field,
        "message": finding.message,
        "remediation": finding.remediation,
        "settings": list(about.settings),
    }


def _exemption(placed: Placed) -> dict[str, str]:
    exemption = placed.finding.exemption
    if exemption is None:
        return {}
    return {
        "reason": exemption.reason,
        "owner": exemption.owner,
        "expires": exemption.expires.isoformat(),
        "origin": exemption.origin,
    }
