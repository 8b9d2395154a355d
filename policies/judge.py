"""Runs the rules: each part alone, so that neither an unknown value nor a broken rule hides a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.graph import Graph
from policies.node import Node, UndeterminedError, Violation
from policies.registry import rules_for, stack_rules_for
from policies.rule import Enforcement, Finding, Outcome, Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

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
    for rule in rules_for(resource.kind):
        if rule.check is not None:
            found.extend(_apply(rule, rule.check, resource, stack))
    return found


def judge_stack(resources: Sequence[Resource], *, stack: str) -> list[tuple[Resource, Finding]]:
    """Judge every object by the rules that need the whole stack.

    Args:
        resources: All objects of the stack.
        stack: The stack's name; in all but `local` what cannot be judged is refused.

    Returns:
        What was found, each with the object it is about.
    """
    graph = Graph(resources)
    found: list[tuple[Resource, Finding]] = []
    for resource in resources:
        for rule in stack_rules_for(resource.kind):
            if (graph_check := rule.graph_check) is not None:
                check = _within(graph_check, graph)
                found.extend((resource, finding) for finding in _apply(rule, check, resource, stack))
    return found


def _within(
    graph_check: Callable[[Node, Graph], Iterator[Violation]], graph: Graph
) -> Callable[[Node], Iterator[Violation]]:
    return lambda node: graph_check(node, graph)


def _apply(
    rule: Rule, check: Callable[[Node], Iterable[Violation]], resource: Resource, stack: str
) -> Iterator[Finding]:
    parts = iter(rule.each(resource.node))
    undetermined: set[str] = set()
    while True:
        try:
            part = next(parts, None)
            if part is None:
                return
            for violation in check(part):
                yield _violation(rule, resource, violation)
        except UndeterminedError as unknown:
            if unknown.field not in undetermined:
                undetermined.add(unknown.field)
                yield _undetermined(rule, resource, unknown.field, stack)
        except Exception as defect:  # noqa: BLE001 - a broken rule must be seen, and must not hide the other rules
            yield _defect(rule, resource, defect)


def _violation(rule: Rule, resource: Resource, violation: Violation) -> Finding:
    problem = f"{resource}: {violation.field} is {violation.value}, must {violation.must}"
    return _finding(rule, resource, violation.field, f"{problem}\nRemedy: {rule.about.remedy}")


def _undetermined(rule: Rule, resource: Resource, field: str, stack: str) -> Finding:
    return _finding(
        rule,
        resource,
        field,
        f"{resource}: {field} is not known before the update, so {rule.id} is undetermined\n"
        "Remedy: give the field a plain value, or an output that is known at preview",
        outcome=Outcome.UNDETERMINED,
        enforcement=Enforcement.ADVISORY if stack == LENIENT_STACK else rule.enforcement,
    )


def _defect(rule: Rule, resource: Resource, defect: Exception) -> Finding:
    # The exception's text may hold a value of the object, secret ones included: only its type is shown.
    return _finding(
        rule,
        resource,
        "",
        f"{resource}: the rule {rule.id} failed with {type(defect).__name__}, so nothing is known about the object\n"
        "Remedy: this is a defect of the rule; report it with the object",
        outcome=Outcome.DEFECT,
    )


def _finding(  # noqa: PLR0913 - the parts of a finding
    rule: Rule,
    resource: Resource,
    field: str,
    message: str,
    *,
    outcome: Outcome = Outcome.VIOLATION,
    enforcement: Enforcement | None = None,
) -> Finding:
    return Finding(
        rule=rule,
        outcome=outcome,
        enforcement=enforcement or rule.enforcement,
        kind=resource.kind,
        namespace=resource.namespace,
        name=resource.name,
        field=field,
        message=message,
    )
