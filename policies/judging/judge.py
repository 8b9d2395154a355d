"""Runs the rules: each part alone, so that neither an unknown value nor a broken rule hides a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from policies.objects.graph import Graph
from policies.objects.node import UndeterminedError
from policies.registry import rules_by_parts
from policies.rule import Enforcement, Finding, Outcome, Rule, Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from policies.objects.node import Node, Violation
    from policies.objects.resources import Resource

LENIENT_STACK: Final = "local"
"""The one stack in which a guarded value need not be known before the update."""


def judge(resource: Resource, *, stack: str) -> list[Finding]:
    """Judge one object by the rules that need nothing else.

    Args:
        resource: The object.
        stack: The stack's name; in all but `local` what cannot be judged is refused.

    Returns:
        What was found, in the rules' order.
    """
    found = _judged(resource, Scope.OBJECT, stack)
    if resource.options is not None:
        found += _judged(resource, Scope.OPTIONS, stack, resource.options)
    return found


def judge_stack(resources: Sequence[Resource], *, stack: str, complete: bool = True) -> list[Finding]:
    """Judge every object by the rules that need the whole stack.

    Args:
        resources: All objects of the stack.
        stack: The stack's name; in all but `local` what cannot be judged is refused.
        complete: Whether these are all objects there are; files seldom hold the Secrets.

    Returns:
        What was found, in the objects' and the rules' order.
    """
    graph = Graph(resources, complete=complete)
    return [
        finding for resource in resources for finding in _judged(resource, Scope.STACK, stack, graph, complete=complete)
    ]


def apply(rule: Rule, resource: Resource, stack: str, *more: Any) -> Iterator[Finding]:
    """Judge one object by one rule, whatever the rule does.

    Args:
        rule: The rule.
        resource: The object.
        stack: The stack's name.
        more: What the rule's scope shows its check beside the object.

    Returns:
        What was found.
    """
    return _applied(rule, _parts(rule.each, resource.node), resource, stack, more)


def _judged(resource: Resource, scope: Scope, stack: str, *more: Any, complete: bool = True) -> list[Finding]:
    """Judge one object by all rules of a scope; parts that several rules judge are picked once."""
    found: list[Finding] = []
    for each, rules in rules_by_parts(resource.kind, scope):
        if parts := _parts(each, resource.node):
            for rule in rules:
                if complete or not rule.needs_all:
                    found.extend(_applied(rule, parts, resource, stack, more))
    return sorted(found, key=_id) if len(found) > 1 else found


def _parts(each: Callable[[Node], Iterable[Node]], node: Node) -> Sequence[Node | Exception]:
    """The parts of an object, and what kept the others from being picked."""
    found: list[Node | Exception] = []
    try:
        found.extend(each(node))
    except Exception as failure:  # noqa: BLE001 - told by every rule that judges these parts
        found.append(failure)
    return found


def _applied(
    rule: Rule, parts: Sequence[Node | Exception], resource: Resource, stack: str, more: tuple[Any, ...]
) -> Iterator[Finding]:
    if rule.production_only and stack == LENIENT_STACK:
        return
    told: set[str] = set()
    for part in parts:
        if isinstance(part, Exception):
            yield from _failed(rule, resource, part, stack, told)
            continue
        try:
            for violation in rule.check(part, *more):
                yield violated(rule, resource, violation)
        except Exception as failure:  # noqa: BLE001 - a broken rule must be seen, and must not hide the other rules
            yield from _failed(rule, resource, failure, stack, told)


def _failed(rule: Rule, resource: Resource, failure: Exception, stack: str, told: set[str]) -> Iterator[Finding]:
    """Say what keeps a rule from judging: its own defect, or a value that is not known, which is told once."""
    if not isinstance(failure, UndeterminedError):
        yield _defect(rule, resource, failure)
    elif failure.field not in told:
        told.add(failure.field)
        yield _undetermined(rule, resource, failure.field, stack)


def _id(finding: Finding) -> str:
    return finding.rule.about.id


def violated(rule: Rule, resource: Resource, violation: Violation) -> Finding:
    """Make the finding of a violation."""
    node = violation.node
    field = node.field
    problem = f"{resource}: {field} is {violation.value}, must {violation.must}"
    return Finding(
        rule=rule,
        outcome=Outcome.VIOLATION,
        enforcement=rule.enforcement,
        resource=resource,
        field=field,
        steps=node.steps,
        message=problem,
        remediation=rule.about.remedy,
    )


def _undetermined(rule: Rule, resource: Resource, field: str, stack: str) -> Finding:
    return Finding(
        rule=rule,
        outcome=Outcome.UNDETERMINED,
        enforcement=Enforcement.ADVISORY if stack == LENIENT_STACK else rule.enforcement,
        resource=resource,
        field=field,
        steps=(),
        message=f"{resource}: {field} is not known before the update or from here, so {rule.id} is undetermined",
        remediation="give the field a plain value or an output that is known at preview, where the rule can see it",
    )


def _defect(rule: Rule, resource: Resource, defect: Exception) -> Finding:
    # The exception's text may hold a value of the object, secret ones included: only its type is shown.
    failed = f"the rule {rule.id} failed with {type(defect).__name__}, so nothing is known about the object"
    return Finding(
        rule=rule,
        outcome=Outcome.DEFECT,
        enforcement=rule.enforcement,
        resource=resource,
        field="",
        steps=(),
        message=f"{resource}: {failed}",
        remediation="this is a defect of the rule; report it with the object",
    )
