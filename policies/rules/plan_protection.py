"""A plan must not switch off what guards data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.judging.holdings import held
from policies.rule import About, Severity, plan_rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from policies.judging.step import Plan, PlanStep
    from policies.objects.node import Node, Violation
    from policies.objects.resources import Resource

_GUARDS: Final = (
    "terminationProtectionEnabled",
    "backupEnabled",
    "cloudBackup",
    "pitEnabled",
    "retainBackupsEnabled",
)
_PROTECT: Final = "protect"
_RETAIN: Final = "retainOnDelete"


def _guards(node: Node) -> Iterable[Node]:
    """Each guard by itself, so that one that is not known hides no other."""
    return (node.at(guard) for guard in (_PROTECT, _RETAIN, *_GUARDS))


@plan_rule(
    About(
        id="plan-protect-dropped",
        severity=Severity.CRITICAL,
        title="No update switches off deletion protection or backups",
        why="With protection gone the same update may already delete; the engine checks the new options, not the old",
        remedy="leave the guard on; if it must go, let it go in an update of its own, under an exemption for that day",
        snippet="options: {protect: true}\nterminationProtectionEnabled: true\nbackupEnabled: true\npitEnabled: true\n",
        source="runbook, Database Maintenance; engine: a replacement is refused only if old and new are protected",
    ),
    each=_guards,
    production_only=True,
)
def protect_dropped(guard: Node, step: PlanStep, _plan: Plan) -> Iterator[Violation]:
    """Compare a guard before and after."""
    key = str(guard.steps[0])
    if step.old is None or step.new is None or not _on(step.old, key):
        return
    if not _on(step.new, key):
        also = "; the same plan replaces it" if step.replaces else ""
        yield guard.must(be=f"stay true{also}", value=f"true and would be {_after(step.new, key)}")


def _on(resource: Resource, key: str) -> bool:
    options = resource.options
    if key == _PROTECT:
        return options is not None and options.protect
    if key == _RETAIN:  # old ConfigMaps and Secrets may go; what holds data may not
        return options is not None and options.retain_on_delete is True and bool(held(resource))
    return resource.node.get(key) is True


def _after(resource: Resource, key: str) -> str:
    unset = key in _GUARDS and resource.node.get(key) is None
    return "not set" if unset else "false"
