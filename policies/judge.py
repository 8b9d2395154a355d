"""Runs the rules: each part alone, so that neither an unknown value nor a broken rule hides a finding."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from policies.graph import Graph
from policies.node import UndeterminedError, Violation
from policies.registry import rules_for
from policies.rule import Enforcement, Finding, Outcome, Rule, Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from policies.node import Node
    from policies.resources import Resource

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
    found: list[Finding] = []
    for rule in rules_for(resource.kind, Scope.OBJECT):
        found.extend(apply(rule, resource, stack))
    if resource.options is not None:
        for rule in rules_for(resource.kind, Scope.OPTIONS):
            found.extend(apply(rule, resource, stack, resource.options))
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
    found: list[Finding] = []
    for resource in resources:
        for rule in rules_for(resource.kind, Scope.STACK):
            found.extend(apply(rule, resource, stack, graph))
    return found


def apply(rule: Rule, resource: Resource, stack: str, *more: Any) -> Iterator[Finding]:
    """Judge one object by one rule, whatever the rule does.

    Args:
        rule: The rule.
        resource: The object.
        stack: The stack's name.
        more: What the rule's scope shows its check beside the object.

    Yields:
        What was found.
    """
    if rule.production_only and stack == LENIENT_STACK:
        return
    undetermined: set[str] = set()
    for part in _parts(rule.each, resource.node):
        try:
            for violation in _checked(rule, part, more):
                yield violated(rule, resource, violation)
        except UndeterminedError as unknown:
            if unknown.field not in undetermined:
                undetermined.add(unknown.field)
                yield _undetermined(rule, resource, unknown.field, stack)
        except Exception as defect:  # noqa: BLE001 - a broken rule must be seen, and must not hide the other rules
            yield _defect(rule, resource, defect)


def _checked(rule: Rule, part: Node | Exception, more: tuple[Any, ...]) -> Iterator[Violation]:
    if isinstance(part, Exception):
        raise part
    return rule.check(part, *more)


@lru_cache(maxsize=32)
def _parts(each: Callable[[Node], Iterable[Node]], node: Node) -> tuple[Node | Exception, ...]:
    """The parts of an object, and what kept the others from being picked; many rules judge the same parts."""
    found: list[Node | Exception] = []
    try:
        found.extend(each(node))
    except Exception as failure:  # noqa: BLE001 - told by every rule that judges these parts
        found.append(failure)
    return tuple(found)


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
