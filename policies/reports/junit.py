"""For test reports: JUnit XML, a suite per file, a case per finding."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from policies.reports.words import place, totals
from policies.rule import Enforcement

if TYPE_CHECKING:
    from policies.judging.assess import Assessment, Placed


def render(assessment: Assessment) -> str:
    """Show an assessment as test suites: a mandatory finding fails, an advisory or exempted one is skipped."""
    root = ET.Element("testsuites", name="rez check")
    every = sorted([*assessment.findings, *assessment.exempted], key=lambda each: (each.file, each.line))
    for file, group in groupby(every, key=lambda placed: placed.file):
        _suite(root, file or f"stack {assessment.stack}", [_case(each) for each in group])
    if assessment.problems:
        _suite(root, "not readable", [_broken(each.file, each.line, each.message) for each in assessment.problems])
    if not len(root):
        _suite(root, totals(assessment), [ET.Element("testcase", name="every rule", classname="rez check")])
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}'


def _suite(root: ET.Element, name: str, cases: list[ET.Element]) -> None:
    found = {"failures": "failure", "errors": "error", "skipped": "skipped"}
    counts = {key: str(sum(case.find(tag) is not None for case in cases)) for key, tag in found.items()}
    attributes = {"name": _clean(name), "tests": str(len(cases)), **counts}
    ET.SubElement(root, "testsuite", attributes).extend(cases)


def _case(placed: Placed) -> ET.Element:
    finding = placed.finding
    case = ET.Element("testcase", name=_clean(f"{finding.rule.id} {place(placed)}"), classname=finding.rule.id)
    if finding.exemption is not None:
        ET.SubElement(case, "skipped", message=_clean(str(placed.finding.exemption)))
    elif finding.enforcement is Enforcement.MANDATORY:
        failure = ET.SubElement(
            case, "failure", message=_clean(finding.message), type=finding.rule.about.severity.value
        )
        failure.text = _clean(finding.text)
    else:
        ET.SubElement(case, "skipped", message=_clean(f"advisory: {finding.message}"))
    return case


def _broken(file: str, line: int, message: str) -> ET.Element:
    case = ET.Element("testcase", name=_clean(f"{file}:{line}"), classname="not readable")
    ET.SubElement(case, "error", message=_clean(message))
    return case


def _clean(text: str) -> str:
    """Leave out the control characters that XML cannot hold, however they are written."""
    return "".join(each for each in text if each >= " " or each in "\t\n")
