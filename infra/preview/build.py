"""From what the engine, the settings and the policies said to the report. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from infra.preview import changes, digest, places
from infra.preview.report import Found, Report
from infra.settings.stack_file import file_of
from policies.inputs import preview as previews

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from infra.preview.plan import Plan
    from infra.preview.report import Place, Subject
    from policies.judging.step import PlanStep
    from policies.objects.resources import Resource

PROTECT: Final = "engine-protect"
"""Named like a policy, but nothing sets it aside."""
_PROTECT_REMEDY: Final = (
    "keep it; if it must go, an update of its own takes the option `protect` off it first, and is judged for that"
)
_SEVERITIES: Final = ("critical", "high", "medium")


def report(  # noqa: PLR0913, PLR0917 - all that there is to tell
    subject: Subject, plan: Plan, judged: Mapping[str, Any], text: str, notes: Sequence[str], known: str = ""
) -> Report:
    """Put a report together.

    Args:
        subject: What it is about.
        plan: What came of planning the head.
        judged: What `rez check --format json` said of it.
        text: The head's stack file.
        notes: What a reader must know.
        known: The base's stack file.
    """
    file = file_of(subject.stack)
    named = places.of_names(known, text, file)
    told = plan.digest or digest.NOTHING
    steps = previews.read(json.dumps(told), "the plan").steps
    declared = places.of_program(told)
    said = [*judged["findings"], *judged["exempted"]]
    objects = _places_by_object(steps, declared, named)
    found = [
        _judged(each, places.of_settings(each["settings"], text, file) or objects.get(_key(each))) for each in said
    ]
    found += [_protected(step, _where(step.resource, declared, named)) for step in steps if changes.refused(step)]
    return Report(
        subject=subject,
        refused=tuple(refusal(line, file, text) for line in plan.problems),
        failures=plan.failures or (() if plan.problems else _unseen(judged)),
        findings=tuple(sorted(found, key=_rank)),
        changes=changes.changes_of(steps, declared),
        unchanged=sum(step.op == "same" for step in steps),
        notes=tuple(notes),
    )


def _unseen(judged: Mapping[str, Any]) -> tuple[str, ...]:
    """What kept the policies from judging all of it."""
    return tuple(each["message"] for each in judged["problems"])


def refusal(line: str, file: str, text: str) -> Found:
    """A setting that cannot work."""
    setting = places.setting_of(line)
    message, remedy = line.rsplit("; ", 1) if "; " in line else (line, "")
    where = places.of_settings([setting] if setting else [], text, file)
    return Found(rule="", severity="high", blocks=True, message=message, remedy=remedy, places=where)


def _judged(said: Mapping[str, Any], where: tuple[Place, ...] | None) -> Found:
    by = said.get("exemption")
    return Found(
        rule=said["rule"],
        severity=said["severity"],
        blocks=said["enforcement"] == "mandatory" and not by,
        message=said["message"],
        remedy=said["remediation"],
        places=where or (),
        exemption=f"until {by['expires']}, {by['owner']}: {by['reason']} ({by['origin']})" if by else "",
    )


def _protected(step: PlanStep, where: tuple[Place, ...]) -> Found:
    """What the engine refuses before it begins, so that the rest is not done either."""
    verb = "replaced" if step.replaces else "forgotten" if step.retained else "deleted"
    return Found(
        rule=PROTECT,
        severity="critical",
        blocks=True,
        message=f"{step.resource}: would be {verb}, but is protected, so the engine refuses the whole update",
        remedy=_PROTECT_REMEDY,
        places=where,
    )


def _places_by_object(
    steps: Iterable[PlanStep], declared: Mapping[str, Place], named: Mapping[str, Place]
) -> dict[tuple[str, str, str], tuple[Place, ...]]:
    """Where objects are declared, by kind, namespace and name: a finding does not say the URN."""
    return {
        (each.short_kind, each.namespace, each.name): _where(each, declared, named)
        for step in steps
        for each in (step.old, step.new)
        if each is not None
    }


def _where(resource: Resource, declared: Mapping[str, Place], named: Mapping[str, Place]) -> tuple[Place, ...]:
    """The setting that gave it its name, if that is another one now, and the line that declares it."""
    found = (named.get(resource.name), declared.get(resource.origin))
    return tuple(place for place in found if place)


def _key(said: Mapping[str, Any]) -> tuple[str, str, str]:
    of = said["resource"]
    return of["kind"], of["namespace"], of["name"]


def _rank(found: Found) -> tuple[bool, int, str, str]:
    return not found.blocks, _SEVERITIES.index(found.severity), found.rule, found.message
