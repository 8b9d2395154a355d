"""Says which rules could not be judged from an input, and why: no finding of theirs is no all-clear."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from policies.inputs.loaded import Extent
from policies.registry import RULES
from policies.rule import Scope

if TYPE_CHECKING:
    from collections.abc import Iterable

    from policies.objects.resources import Resource
    from policies.rule import Rule


class Unjudged(NamedTuple):
    """A rule that found nothing because it could not look.

    Attributes:
        rule: The rule's id.
        reason: Why, one line.
    """

    rule: str
    reason: str


def unjudged(resources: Iterable[Resource], extent: Extent) -> tuple[Unjudged, ...]:
    """Find the rules that would have judged some of the objects, had the input held what they need.

    Args:
        resources: The objects.
        extent: How much of the stack they are.

    Returns:
        The rules, by id.
    """
    kinds: dict[str, bool] = {}
    for each in resources:
        kinds[each.kind] = kinds.get(each.kind, False) or each.options is not None
    reasons = ((rule, _reason(rule, kinds, extent)) for rule in RULES)
    return tuple(Unjudged(rule.id, reason) for rule, reason in reasons if reason)


def _reason(rule: Rule, kinds: dict[str, bool], extent: Extent) -> str:
    judged = [kind for kind in rule.kinds if kind in kinds]
    if not judged:
        return ""
    if rule.scope is Scope.STACK and extent is Extent.PART:
        return "needs the whole stack, and the preview shows changes alone: preview with --show-sames"
    if rule.needs_all and extent is Extent.FILES:
        return "needs every object of the stack, and files seldom hold the Secrets: check a preview or a state"
    if rule.scope is Scope.OPTIONS and not any(kinds[kind] for kind in judged):
        return "needs Pulumi's options of the resources, which this input does not tell: check a preview"
    return ""
