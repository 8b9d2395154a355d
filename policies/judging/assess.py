"""The whole check of what a reader gave: rules, exemptions, order."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from policies.inputs.loaded import Extent
from policies.judging.exemptions import cover, faults, of_resources
from policies.judging.judge import judge, judge_stack
from policies.judging.unjudged import Unjudged, unjudged
from policies.rule import Enforcement, Finding

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from policies.inputs.loaded import Loaded, Problem
    from policies.judging.exemptions import Declared


class Placed(NamedTuple):
    """A finding and where it stands.

    Attributes:
        file: The file, "" for an object that came from none.
        line: The line, counted from 1.
        finding: The finding.
    """

    file: str
    line: int
    finding: Finding


class Assessment(NamedTuple):
    """What a check found.

    Attributes:
        stack: The stack that was judged.
        extent: How much of it was.
        findings: What stands, by file and line.
        exempted: What an exemption sets aside.
        problems: What could not be read.
        files: How many files were read.
        resources: How many objects were judged.
        ignored: How many documents no rule knows.
        not_judged: The rules that the input does not hold enough for.
    """

    stack: str
    extent: Extent
    findings: tuple[Placed, ...]
    exempted: tuple[Placed, ...]
    problems: tuple[Problem, ...]
    files: int
    resources: int
    ignored: int
    not_judged: tuple[Unjudged, ...]

    @property
    def blocked(self) -> bool:
        """Whether a mandatory rule is broken."""
        return any(each.finding.enforcement is Enforcement.MANDATORY for each in self.findings)


def assess(loaded: Loaded, *, stack: str, declared: Declared, today: date, more: Iterable[Finding] = ()) -> Assessment:
    """Judge everything that was read.

    Args:
        loaded: What a reader gave.
        stack: The stack's name.
        declared: Exemptions of the stack file.
        today: The day on which exemptions must still hold.
        more: Findings of the plan gate.

    Returns:
        What was found.
    """
    found = [finding for resource in loaded.resources for finding in judge(resource, stack=stack)]
    if loaded.extent is not Extent.PART:
        found += judge_stack(loaded.resources, stack=stack, complete=loaded.extent is Extent.WHOLE)
    exemptions = [declared, of_resources(loaded.resources)]
    judged = [*cover([*found, *more], exemptions, today=today), *faults(exemptions, today=today)]
    judged.sort(key=_object)  # an object's findings together, so that its text is read once
    placed = sorted(map(_placed, judged), key=_place)
    return Assessment(
        stack=stack,
        extent=loaded.extent,
        findings=tuple(each for each in placed if each.finding.exemption is None),
        exempted=tuple(each for each in placed if each.finding.exemption is not None),
        problems=tuple(loaded.problems),
        files=loaded.files,
        resources=len(loaded.resources),
        ignored=loaded.ignored,
        not_judged=unjudged(loaded.resources, loaded.extent),
    )


def _object(finding: Finding) -> tuple[str, int]:
    source = finding.resource.source
    return (source.file, source.line) if source else (finding.resource.origin, 0)


def _placed(finding: Finding) -> Placed:
    source = finding.resource.source
    return Placed(source.file, source.line_of(finding.steps), finding) if source else Placed("", 0, finding)


def _place(placed: Placed) -> tuple[str, int, str]:
    return placed.file, placed.line, placed.finding.rule.id
