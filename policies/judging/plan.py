"""The plan gate: judges what an update is going to do, which no rule about declared objects can see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies.judging.judge import apply
from policies.judging.step import Plan
from policies.registry import RULES
from policies.rule import Finding, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable

    from policies.judging.step import PlanStep


def judge_plan(steps: Iterable[PlanStep], *, stack: str) -> list[Finding]:
    """Judge a plan.

    Args:
        steps: As the engine tells them; the several steps of one replacement count as one.
        stack: The stack's name; `local` has nothing to lose.

    Returns:
        What was found, in the plan's and the rules' order.
    """
    plan = Plan(steps)
    rules = [rule for rule in RULES if rule.scope is Scope.PLAN]
    return [
        finding for step in plan.steps for rule in rules for finding in apply(rule, step.resource, stack, step, plan)
    ]
