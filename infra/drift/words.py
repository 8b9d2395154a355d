"""What people are told of a difference."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from infra.drift.compare import REPLICAS
from infra.drift.difference import Difference, Effect, What
from infra.drift.fields import MISSING
from infra.text import line

if TYPE_CHECKING:
    from infra.drift.declared import Ref
    from infra.drift.report import Report

_SHOWN: Final = 200
_FIX: Final = "`rez drift --fix`"
_UNKNOWN: Final = "whom the API server does not tell"
_IN_ATLAS: Final = "whom the project's activity feed in Atlas names"


def value(of: Any) -> str:
    """A value on one line, not too long."""
    if of is MISSING:
        return "nothing"
    return line(of if isinstance(of, str) else json.dumps(of, separators=(",", ":")), limit=_SHOWN)


def who(difference: Difference) -> str:
    """Who did it."""
    named = [f"{owner.manager} ({owner.operation})" for owner in difference.owners]
    return " and ".join(named) or (_IN_ATLAS if difference.ref.in_atlas else _UNKNOWN)


def what(difference: Difference) -> str:
    """What is different, for an object as a whole."""
    return {
        What.DELETED: f"is declared, but gone from {'Atlas' if difference.ref.in_atlas else 'the cluster'}",
        What.TERMINATING: "is being deleted",
        What.ORPHAN: "is in the stack's project, but nothing declares it"
        if difference.ref.in_atlas
        else "carries the stack's labels, but nothing declares it",
        What.CHANGED: "is not what is declared",
    }[difference.what]


def effect(difference: Difference) -> str:
    """What `up --refresh` does about it."""
    if difference.what is What.TERMINATING:
        return "cannot stop it"
    return {
        Effect.RESTORES: "puts it back",
        Effect.RECREATES: "creates it again",
        Effect.REFUSED: f"is refused: the field is held by {' and '.join(each.manager for each in difference.owners)}",
        Effect.FIXED: f"cannot change it: {line(difference.why)}",
        Effect.FAILS: f"fails: {line(difference.why)}",
        Effect.LEAVES: "leaves it, for it is not declared",
    }[difference.effect]


def remedy(difference: Difference) -> str:
    """What a person does about it."""
    if difference.ref.in_atlas:
        return _remedy_in_atlas(difference)
    target = difference.ref.argument
    special = {
        What.HELD: f"a change of it is refused until {_FIX} has made the engine its only holder",
        What.TERMINATING: f"once it is gone, {_FIX} creates it again, empty",
        What.ORPHAN: f"`kubectl delete {target}`, or declare it",
    }
    general = {
        Effect.RESTORES: f"{_FIX} takes it back",
        Effect.RECREATES: f"{_FIX} creates it again",
        Effect.REFUSED: f"{_FIX} takes it back",
        Effect.FIXED: f"`kubectl delete {target}`, then {_FIX} creates it again",
        Effect.FAILS: "change what is declared, or what refuses it",
        Effect.LEAVES: f"take it out with `kubectl edit {target}`, or declare it",
    }
    if difference.path == REPLICAS:
        return f"`kubectl scale {target} --replicas=…`: the autoscaler does nothing while there are none"
    return special.get(difference.what) or general[difference.effect]


def _remedy_in_atlas(difference: Difference) -> str:
    """Nothing of a database is taken back without being asked for."""
    if difference.what is What.ORPHAN:
        return "remove it in Atlas, or declare it"
    update = f"`rez pulumi up --refresh --target '{difference.urn}'`"
    if difference.what is What.DELETED:
        return f"{update} creates it again, a cluster without its data"
    return f"declare it, or {update} takes it back"


def total(report: Report) -> str:
    """The whole on one line."""
    objects = len({each.ref for each in report.differences})
    found = f"{_count(len(report.differences), 'difference')} in {_count(objects, 'object')}"
    found = found if report.differences else "no drift"
    return f"{found}; {_count(report.compared, 'object')} compared"


def held(report: Report) -> list[str]:
    """What others hold: a line for each object and its holders, its fields between backticks."""
    groups: dict[tuple[Ref, str], list[Difference]] = {}
    for each in report.held:
        groups.setdefault((each.ref, who(each)), []).append(each)
    return [
        f"{ref}: {', '.join(f'`{each.field}`' for each in fields)}: as declared, but held by {by}; {remedy(fields[0])}"
        for (ref, by), fields in groups.items()
    ]


def notes(report: Report) -> list[str]:
    """What is no drift, but is to be known."""
    kept = [f"{_count(len(report.kept), 'ConfigMap or Secret', 'ConfigMaps and Secrets')} of other releases kept"]
    away = [
        f"not compared: {kind}, {count} of them: not in the cluster" for kind, count in sorted(report.others.items())
    ]
    unread = [f"not compared: {why}" for why in report.unread]
    untried = [f"{_count(report.untried, 'object')} compared by the state alone: no right to try an apply of them"]
    return [*(kept if report.kept else []), *(untried if report.untried else []), *away, *unread]


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
