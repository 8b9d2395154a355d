"""One way in which what runs is not what is declared."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from infra.drift.fields import MISSING, Path, render

if TYPE_CHECKING:
    from infra.drift.declared import Ref


class What(StrEnum):
    """What is different."""

    CHANGED = "changed"
    REMOVED = "removed"
    ADDED = "added"
    DELETED = "deleted"
    TERMINATING = "terminating"
    ORPHAN = "orphan"
    HELD = "held"


class Effect(StrEnum):
    """What `up --refresh` does about it."""

    RESTORES = "restores"
    RECREATES = "recreates"
    REFUSED = "refused"
    FIXED = "cannot change"
    FAILS = "fails"
    LEAVES = "leaves"


_FIXABLE = frozenset({Effect.RESTORES, Effect.RECREATES, Effect.REFUSED})


@dataclass(frozen=True)
class Owner:
    """A field manager that has a field.

    Attributes:
        manager: Its name, such as `kubectl-edit`.
        operation: `Apply` or `Update`.
        since: When it last changed the object, ISO 8601, "" if the API server does not say.
    """

    manager: str
    operation: str
    since: str


@dataclass(frozen=True)
class Difference:
    """One difference.

    Attributes:
        ref: The object.
        what: What is different.
        effect: What `up --refresh` does about it.
        path: The field; empty for the object as a whole.
        declared: The declared value as it may be shown, MISSING for none.
        live: The live value as it may be shown, MISSING for none.
        owners: Who has the field now; nobody when it was removed.
        since: When it came about at the latest, ISO 8601, "" if nothing tells.
        why: The API server's words, if it refuses the declared object.
        urn: The object's name for the engine, "" if the stack does not declare it.
    """

    ref: Ref
    what: What
    effect: Effect
    path: Path = ()
    declared: Any = MISSING
    live: Any = MISSING
    owners: tuple[Owner, ...] = ()
    since: str = ""
    why: str = ""
    urn: str = ""

    @property
    def field(self) -> str:
        """The field's path, "" for the object as a whole."""
        return render(self.path)

    @property
    def fixable(self) -> bool:
        """Whether the engine may put it right by itself: never the database, where that can cost hours or data."""
        return self.effect in _FIXABLE and self.what is not What.HELD and not self.ref.in_atlas
