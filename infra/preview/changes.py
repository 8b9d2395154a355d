"""From the engine's steps to what becomes of each object, as people read it. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from infra.preview import costs, fields
from infra.preview.report import Change, Field, Op, Place
from policies.judging.step import Plan
from policies.objects.property_path import follow, parse
from policies.objects.values import Secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from policies.judging.step import PlanStep
    from policies.objects.node import Node
    from policies.objects.resources import Resource

_ORDER: Final = (Op.DELETE, Op.REPLACE, Op.FORGET, Op.CHANGE, Op.RENEW, Op.CREATE)
_HASHED: Final = re.compile(r"(.+)-[0-9a-f]{6,}")
_SEALED: Final = ("data", "stringData")
_CREATIONS: Final = ("create", "import")
_QUIET: Final = ("same", "read", "refresh")
_MOVED: Final = "another value than recorded, see `rez drift`"
_RENEWED: Final = "a new object, named by its content; pods take it when they start, older ones keep theirs"


class _Planned(NamedTuple):
    """A change and the step that it is made of."""

    change: Change
    step: PlanStep


def changes_of(steps: Iterable[PlanStep], places: Mapping[str, Place]) -> tuple[Change, ...]:
    """List what would be done, worst first.

    Args:
        steps: The plan.
        places: Where the program declares each resource, by URN.
    """
    found = [_Planned(each, step) for step in Plan(steps).steps if (each := _change(step, places))]
    return tuple(sorted(_with_renewals(found), key=lambda each: (_ORDER.index(each.op), str(each))))


def refused(step: PlanStep) -> bool:
    """Whether the engine refuses a step: a protected object is not deleted, nor replaced while it stays protected."""
    return step.destroys and _protects(step.old) and (not step.replaces or _protects(step.new))


def _protects(resource: Resource | None) -> bool:
    return resource is not None and resource.options is not None and resource.options.protect


def _change(step: PlanStep, places: Mapping[str, Place]) -> Change | None:
    op = _op(step)
    differing = _fields(step, op)
    if step.op in _QUIET and not differing:
        return None
    shown = step.new or step.resource
    return Change(
        op=op,
        kind=shown.short_kind,
        name=_name(shown),
        fields=differing,
        cost=_cost(step, op, differing),
        protected=refused(step),
        place=places.get(step.resource.origin),
        was=_name(step.old) if step.old and _name(step.old) != _name(shown) else "",
    )


def _op(step: PlanStep) -> Op:
    if step.replaces:
        return Op.REPLACE
    if step.op == "delete":
        return Op.FORGET if step.retained else Op.DELETE
    return Op.CREATE if step.op in _CREATIONS else Op.CHANGE


def _name(resource: Resource) -> str:
    return f"{resource.namespace}/{resource.name}" if resource.namespace else resource.name


def _cost(step: PlanStep, op: Op, differing: tuple[Field, ...]) -> str:
    if step.destroys:
        return costs.of_loss(step)
    return costs.of_change(step.resource, [each.path for each in differing]) if op is Op.CHANGE else ""


def _fields(step: PlanStep, op: Op) -> tuple[Field, ...]:
    if op is Op.CREATE:
        return fields.leaves(_inputs(step.new), added=True)
    if op in {Op.DELETE, Op.FORGET} or step.old is None or step.new is None:
        return ()
    found = fields.differences(_inputs(step.old), _inputs(step.new), reasons=step.reasons)
    return (*_options(step.old, step.new), *found, *_unseen(step, found))


def _inputs(resource: Resource | None) -> dict[str, Any]:
    """The object; a Secret's content is secret even where the program forgot to say so."""
    if resource is None:
        return {}
    whole = resource.node.mapping()
    if resource.short_kind != "Secret":
        return whole
    return {
        key: {name: Secret(item) for name, item in value.items()}
        if key in _SEALED and isinstance(value, dict)
        else value
        for key, value in whole.items()
    }


def _options(old: Resource, new: Resource) -> list[Field]:
    before, after = old.options, new.options
    if before is None or after is None:
        return []
    found = (
        ("protect", before.protect, after.protect),
        ("retainOnDelete", before.retain_on_delete is True, after.retain_on_delete is True),
    )
    return [Field(f"options.{name}", _word(was), _word(now)) for name, was, now in found if was != now]


def _word(value: bool) -> str:  # noqa: FBT001 - it is the value that is named
    return "true" if value else "false"


def _unseen(step: PlanStep, found: tuple[Field, ...]) -> list[Field]:
    """What the provider says changes though it was declared alike: hidden values, and what others changed."""
    known = [parse(each.path) for each in found]
    unseen = []
    for path in sorted(step.changed):
        way = parse(path)
        if not any(_meet(way, each) for each in known):
            old, new = (_at(node, path) for node in (step.live, step.new.node if step.new else None))
            was = _MOVED if old == new != fields.HIDDEN else old
            unseen.append(Field(path, was, new, replaces=path in step.reasons))
    return unseen


def _meet(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    """Whether one path leads through the other; a place in a list and an item's name may be the same."""
    pairs = zip(one, other, strict=False)
    return all(a == b or isinstance(a, int) or isinstance(b, int) for a, b in pairs)


def _at(node: Node | None, path: str) -> str | None:
    value = follow(node, parse(path)).value if node else None
    name = next((step for step in reversed(parse(path)) if isinstance(step, str)), "")
    return None if value is None else fields.text(name, value)


def _with_renewals(found: list[_Planned]) -> list[Change]:
    """Objects that are named by their content, the old and the new one taken for one."""
    gone = {_stem(each.change): each for each in found if each.change.op is Op.FORGET}
    new = {_stem(each.change) for each in found if each.change.op is Op.CREATE}
    renewed = {stem: each for stem, each in gone.items() if stem in new}
    result = []
    for each in found:
        old = renewed.get(_stem(each.change))
        if old is None:
            result.append(each.change)
        elif each.change.op is Op.CREATE:
            result.append(_renewal(old, each))
    return result


def _stem(change: Change) -> tuple[str, str]:
    """The object's name without the hash of its content; the whole one stands for itself alone."""
    match = _HASHED.fullmatch(change.name)
    return (change.kind, match[1]) if match else (change.kind, f"{change.name} {change.op.value}")


def _renewal(old: _Planned, new: _Planned) -> Change:
    before, after = _inputs(old.step.old), _inputs(new.step.new)
    differing = tuple(each for each in fields.differences(before, after) if each.path != "metadata.name")
    if new.change.kind == "Secret" and not differing:  # a preview masks both alike
        differing = (Field("data", fields.HIDDEN, fields.HIDDEN),)
    return Change(
        op=Op.RENEW,
        kind=new.change.kind,
        name=new.change.name,
        fields=differing,
        cost=_RENEWED,
        place=new.change.place,
        was=old.change.name,
    )
