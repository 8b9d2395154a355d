"""A plan must not cost data: no deletion, replacement or rename of what holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.judging.holdings import held
from policies.objects.graph import namespace_of
from policies.objects.node import shown
from policies.objects.property_path import follow, parse
from policies.objects.resources import KUBERNETES
from policies.objects.urn import name_of, type_of
from policies.rule import About, Enforcement, Severity, plan_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.judging.step import Plan, PlanStep
    from policies.objects.node import Node, Violation
    from policies.objects.resources import Resource

_SOURCE: Final = "runbook, Database Maintenance; Database Failure: a restore is for complete failures"
_IDENTITY: Final = ("name", "metadata.name", "metadata.namespace", "projectId", "orgId", "clusterName")
"""Properties that say which object it is: another value is another, empty object."""
_KEPT: Final = "options: {protect: true, retainOnDelete: true}\n"
_ALIASED: Final = "options:\n  aliases: [{name: the-old-logical-name}]\n"
_PLAN: Final = "plan"


@plan_rule(
    About(
        id="plan-stateful-loss",
        severity=Severity.CRITICAL,
        title="No update deletes or replaces what holds data",
        why="The engine deletes a database like anything else, and a rule about single objects never sees a deletion",
        remedy="keep it as it is; to move data, add the new one, copy, switch over, then remove the old one exempted",
        snippet=_KEPT,
        source=_SOURCE,
    ),
    production_only=True,
)
def stateful_loss(node: Node, step: PlanStep, plan: Plan) -> Iterator[Violation]:
    """Refuse to lose what is held, unless it is a rename, which has its own rule."""
    what = held(step.resource)
    if what and step.destroys and not step.retained and not _renamed(step) and _heir(step, plan) is None:
        yield node.must(_PLAN, be=f"not be: it loses {what}", value=_intent(step))


@plan_rule(
    About(
        id="plan-stateful-forgotten",
        severity=Severity.MEDIUM,
        title="An update that forgets what holds data does so on purpose",
        why="With retainOnDelete the data stays, costs money, and nobody guards it any more",
        remedy="keep it declared, or write down who looks after it from now on",
        snippet=_KEPT,
        source=_SOURCE,
    ),
    production_only=True,
    enforcement=Enforcement.ADVISORY,
)
def stateful_forgotten(node: Node, step: PlanStep, _plan: Plan) -> Iterator[Violation]:
    """Tell of data that is left to itself, and of data that a refresh finds gone."""
    if (what := held(step.resource)) and step.destroys and step.retained:
        after = f"the next update starts without {what}" if step.gone else f"{what} will stay without an owner"
        yield node.must(_PLAN, be=f"be on purpose: {after}", value=_intent(step))


@plan_rule(
    About(
        id="plan-rename",
        severity=Severity.CRITICAL,
        title="No update renames what a new name would empty or delete",
        why="A renamed database is a new, empty one; a Kubernetes object under a new URN is applied, then deleted",
        remedy="keep the names, project and parents, or give the resource Pulumi's option `aliases` and preview again",
        snippet=_ALIASED,
        source=_SOURCE,
    ),
    production_only=True,
)
def rename(node: Node, step: PlanStep, plan: Plan) -> Iterator[Violation]:
    """Refuse a new name of what holds data, and a new URN of an object that keeps its name."""
    if not step.destroys or step.retained:
        return
    what = held(step.resource)
    for path in _renamed(step)[:1] if what else ():
        be = f"stay: the new one starts without {what}, and the old one is deleted"
        yield node.must(*path.split("."), be=be, value=_change(step, path))
    heir = _heir(step, plan)
    if heir is not None and _same_object(step.resource, heir):
        be = "not be: the engine applies it under the new URN, then deletes this very object under the old one"
        yield node.must(_PLAN, be=be, value=f"to move it to {heir.origin}")
    elif heir is not None and what:
        intent = f"to delete it and to create {type_of(heir.origin).rpartition(':')[2]} {name_of(heir.origin)}"
        yield node.must(_PLAN, be=f"not be: the new one starts without {what}", value=intent)


def _intent(step: PlanStep) -> str:
    if step.gone:
        return "to forget it, since it is no longer there"
    if not step.replaces:
        return "to forget it (retainOnDelete)" if step.retained else "to delete it"
    causes = ", ".join(f"{path} is {_change(step, path)}" for path in step.reasons)
    forgetting = " and to forget the old one (retainOnDelete)" if step.retained else ""
    return f"to replace it{forgetting}{f' because {causes}' if causes else ''}"


def _change(step: PlanStep, path: str) -> str:
    """Both values of a property."""
    before, after = (
        shown(follow(each.node, parse(path)).value, path) if each else "not known" for each in (step.old, step.new)
    )
    return f"{before} and would be {after}"


def _renamed(step: PlanStep) -> list[str]:
    """The properties of the name that make it a replacement."""
    if not step.replaces or step.old is None or step.new is None:
        return []
    old, new = step.old.node, step.new.node
    given = [path for path in _IDENTITY if any(path == cause or path.startswith(f"{cause}.") for cause in step.reasons)]
    return [path for path in given if follow(old, parse(path)).value != follow(new, parse(path)).value]


def _heir(step: PlanStep, plan: Plan) -> Resource | None:
    """What the plan creates in the place of what it deletes, under another name or another URN."""
    if step.op != "delete":
        return None
    created = plan.created(step.resource.kind)
    same = next((each for each in created if _same_object(step.resource, each)), None)
    return same or (next(iter(created), None) if held(step.resource) else None)


def _same_object(one: Resource, other: Resource) -> bool:
    """Whether two resources are one Kubernetes object."""
    if not all(type_of(each.origin).startswith(KUBERNETES) for each in (one, other)):
        return False
    name = one.node.text("metadata", "name")
    places = [(each.node.text("metadata", "name"), namespace_of(each.node)) for each in (one, other)]
    return bool(name) and places[0] == places[1]
