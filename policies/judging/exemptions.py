"""Reads exemptions, from the stack file and from objects' annotations, and sets aside what they cover."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from infra.quantities import day
from policies.judging.exemption import Exemption
from policies.judging.judge import violated
from policies.limits import EXEMPTION_DAYS
from policies.objects.node import Node, UndeterminedError, shown
from policies.objects.resources import Resource
from policies.objects.values import reveal
from policies.registry import RULES
from policies.rule import Outcome
from policies.rules.exemption import EXEMPTION_VALID

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from policies.objects.node import Violation
    from policies.objects.source import Source
    from policies.rule import Finding

ANNOTATION: Final = "policies.rez.dev/exempt"
"""On an object: a JSON list of exemptions of this object alone; `rez` writes it for an override that is in force."""

KEY: Final = "rez-infra:exemptions"
"""In the stack's config: a list of exemptions."""

_STACK_FILE: Final = "StackFile"
_OBJECT: Final = re.compile(r"[A-Z]\w* ([^\s/]+/)?[^\s/]+")
_BY_ID: Final = {rule.id: rule for rule in RULES}
_TEXTS: Final = ("rule", "reason", "owner")
_EXAMPLE: Final = "Deployment production/merchant-backend"
_NARROWED: Final = ("field", "value")


class Held(NamedTuple):
    """An exemption and where it stands, to tell of its end.

    Attributes:
        exemption: The exemption.
        place: What a finding about it is about: the stack file, or the annotated object.
        at: Its place in that.
    """

    exemption: Exemption
    place: Resource
    at: Node


class Declared(NamedTuple):
    """Exemptions that were read.

    Attributes:
        held: Those that can be read, expired ones too.
        faults: Findings about those that cannot.
    """

    held: tuple[Held, ...] = ()
    faults: tuple[Finding, ...] = ()


def read(entries: object, place: Resource, node: Node, *, own: str = "") -> Declared:
    """Read a list of exemptions.

    Args:
        entries: The list as it was written; None is an empty one.
        place: What a finding about an exemption is about: the stack file, or the annotated object.
        node: The list's place in it.
        own: The one object that they may be about, "" for those that name theirs.

    Returns:
        The exemptions and what is wrong with the others.
    """
    if entries is None:
        return Declared()
    if not isinstance(entries, list):
        broken = node.must(be="be a list of exemptions", value="something else")
        return Declared(faults=(violated(EXEMPTION_VALID, place, broken),))
    held: list[Held] = []
    faults: list[Finding] = []
    for index, entry in enumerate(entries):
        at = Node(entry, node, (index,))
        wrong = [violated(EXEMPTION_VALID, place, each) for each in _wrong(at, own)]
        faults += wrong
        if not wrong:
            held.append(Held(_made(at, own, place.origin), place, at))
    return Declared(tuple(held), tuple(faults))


def of_config(entries: object, origin: str, source: Source | None = None) -> Declared:
    """Read the exemptions of a stack's config.

    Args:
        entries: The section as it was written, None if it is not there.
        origin: The stack's URN or the stack file's name.
        source: The stack file.

    Returns:
        The exemptions and what is wrong with the others.
    """
    place = Resource(origin, _STACK_FILE, Node({"config": {KEY: entries}}), None, source)
    return read(entries, place, place.node.at("config", KEY))


def of_resources(resources: Iterable[Resource]) -> Declared:
    """Read the exemptions that objects carry in their annotation.

    Args:
        resources: The objects.

    Returns:
        All of them.
    """
    found = [read(entries, resource, node, own=str(resource)) for entries, resource, node in _annotated(resources)]
    return Declared(
        tuple(one for each in found for one in each.held), tuple(one for each in found for one in each.faults)
    )


def cover(findings: Iterable[Finding], declared: Iterable[Declared], *, today: date) -> list[Finding]:
    """Mark the findings that an exemption in force covers.

    Args:
        findings: What the rules found.
        declared: The exemptions of each place.
        today: The day on which they must still hold.

    Returns:
        All findings; those that are set aside name their exemption.
    """
    in_force = [one for each in declared for one in each.held if today <= one.exemption.expires <= _latest(today)]
    return [_covered(finding, in_force) for finding in findings]


def faults(declared: Iterable[Declared], *, today: date) -> list[Finding]:
    """Find the exemptions that are incomplete, not allowed or over.

    Args:
        declared: The exemptions of each place.
        today: The day on which they must still hold.

    Returns:
        A finding for each.
    """
    found: list[Finding] = []
    for each in declared:
        found += each.faults
        for one in each.held:
            if day := _wrong_day(one.exemption.expires, today):
                found.append(violated(EXEMPTION_VALID, one.place, one.at.must("expires", be=day)))
    return found


def _wrong_day(last: date, today: date) -> str:
    """What a last day must be; "" if it is that."""
    if last < today:
        return f"not be before today, {today.isoformat()}"
    latest = _latest(today)
    return f"be within {EXEMPTION_DAYS} days, by {latest.isoformat()}" if last > latest else ""


def _latest(today: date) -> date:
    return today + timedelta(days=EXEMPTION_DAYS)


def _covered(finding: Finding, in_force: list[Held]) -> Finding:
    if not in_force or not finding.rule.about.exemptable or finding.outcome is Outcome.DEFECT:
        return finding
    for exemption, place, _ in in_force:
        if (
            exemption.rule == finding.rule.id
            and exemption.resource == str(finding.resource)
            and (place.kind == _STACK_FILE or place.origin == finding.resource.origin)  # files may hold namesakes
            and exemption.field in {"", finding.field}
            and (not exemption.value or exemption.value == _value(finding))
        ):
            return finding._replace(exemption=exemption)
    return finding


def _value(finding: Finding) -> str:
    """The value that a finding is about, as messages show it."""
    node = finding.resource.node
    for step in finding.steps:
        node = node.at(step) if isinstance(step, str) else list(node.each())[step]
    return shown(node.value, node.name)


def _annotated(resources: Iterable[Resource]) -> Iterator[tuple[object, Resource, Node]]:
    for resource in resources:
        node = resource.node.at("metadata", "annotations", ANNOTATION)
        text = reveal(node.value)
        if isinstance(text, str):
            yield parsed(text), resource, node


def parsed(text: str) -> object:
    """Read a list that is written as JSON; what is none is given as it is, for `read` to refuse."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _wrong(entry: Node, own: str) -> Iterator[Violation]:
    try:
        yield from _wrong_fields(entry, own)
    except UndeterminedError:
        yield entry.must(be="be known before the update")


def _wrong_fields(entry: Node, own: str) -> Iterator[Violation]:
    for key in _TEXTS:
        if not entry.text(key).strip():
            yield entry.must(key, be=f"be the exemption's {key}")
    rule = _BY_ID.get(entry.text("rule"))
    if rule is None and entry.text("rule").strip():
        yield entry.must("rule", be="be the id of a rule (see `rez policies list`)")
    if rule is not None and not rule.about.exemptable:
        yield entry.must("rule", be="be a rule that can be set aside; this one cannot")
    if not own and _OBJECT.fullmatch(entry.text("resource")) is None:
        yield entry.must("resource", be=f"be the one object, as messages name it: {_EXAMPLE}")
    for key in _NARROWED:
        if entry.get(key) is not None and not entry.text(key).strip():
            yield entry.must(key, be="be a text, or left out")
    if _day(entry.get("expires")) is None:
        yield entry.must("expires", be="be the last day, as in 2026-12-31")
    if unknown := set(entry.mapping()) - {*_TEXTS, "resource", *_NARROWED, "expires"}:
        yield entry.must(min(map(str, unknown)), be="not be there: no exemption has this key", value="set")


def _made(entry: Node, own: str, origin: str) -> Exemption:
    return Exemption(
        rule=entry.text("rule"),
        resource=own or entry.text("resource"),
        field=entry.text("field"),
        value=entry.text("value"),
        reason=entry.text("reason").strip(),
        owner=entry.text("owner").strip(),
        expires=_day(entry.get("expires")) or date.min,
        origin=origin,
    )


def _day(value: object) -> date | None:
    try:
        return day(value)
    except ValueError:
        return None
