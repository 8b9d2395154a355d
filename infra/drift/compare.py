"""One live object against what its stack declares of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from infra.drift import fields, managers
from infra.drift.difference import Difference, Effect, What
from infra.drift.fields import MISSING, Path, narrow, read
from infra.drift.sealed import HIDDEN, has_declared_data, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from infra.drift.declared import Declared
    from infra.drift.difference import Owner
    from infra.drift.managers import Entry
    from infra.manifests import Manifest

REPLICAS: Final = ("f:spec", "f:replicas")
_DATA: Final = ("f:data",)
_BY_PEOPLE: Final = frozenset({"f:labels", "f:annotations"})
"""The parts of metadata that people write; the others are the server's and the controllers'."""
_BY_TOOLS: Final = ("f:kubectl.kubernetes.io/", "f:deployment.kubernetes.io/")
"""Annotations by which tools remember what they did, such as when a restart was asked for."""


@dataclass(frozen=True)
class Seen:
    """What was read of one object.

    Attributes:
        live: The object, None if there is none.
        applied: What a forced apply of the declared manifest would make of it, tried by a dry run; None if there is no
            object, or the API server refuses.
        refusal: Why it refuses.
        fixed: It refuses because fields cannot change once they are set.
        tried: Whether the API server was asked; where we may not ask `applied` is an imitation.
    """

    live: Manifest | None
    applied: Manifest | None = None
    refusal: str = ""
    fixed: bool = False
    tried: bool = True


def compare(declared: Declared, seen: Seen, *, stack: str, autoscaled: bool = False) -> list[Difference]:
    """Find every difference of one object.

    Args:
        declared: What the stack declares.
        seen: What was read.
        stack: The stack's name.
        autoscaled: Whether an autoscaler that the stack declares owns the number of replicas.

    Returns:
        The differences, and the fields that are as declared but held by somebody else.
    """
    ref, urn, live = declared.ref, declared.urn, seen.live
    if live is None:
        return [Difference(ref, What.DELETED, Effect.RECREATES, urn=urn)]
    if since := live["metadata"].get("deletionTimestamp"):
        return [Difference(ref, What.TERMINATING, Effect.LEAVES, since=since, urn=urn)]
    one = _Object(declared, live, managers.entries(live))
    if seen.applied is None:
        return [one.refused(seen)]
    wanted = managers.ours(managers.entries(seen.applied))
    found = [*_declared(one, seen.applied, wanted), *_added(one, wanted, autoscaled=autoscaled)]
    if autoscaled and read(live, REPLICAS) == 0:  # the one number that an autoscaler leaves alone
        found.append(one.differs(What.ADDED, REPLICAS, Effect.LEAVES))
    if ref.kind == "Secret" and not has_declared_data(live, stack=stack):
        other = one.other_data()
        rest = [each for each in found if each.path[:1] != _DATA and other.fixable]
        return [*rest, other]  # what cannot be changed has to be made anew, and the rest with it
    return found


@dataclass(frozen=True)
class _Object:
    declared: Declared
    live: Manifest
    entries: list[Entry]

    def differs(
        self, what: What, path: Path, effect: Effect | None = None, *, declared: Any = MISSING, why: str = ""
    ) -> Difference:
        """Tell of a field; without an effect that an apply has, which meets whoever else has the field."""
        kind, live = self.declared.ref.kind, read(self.live, path)
        owners = managers.owners(self.entries, path)
        return Difference(
            self.declared.ref,
            what,
            effect or (Effect.REFUSED if self.held(path) else Effect.RESTORES),
            path=path,
            declared=shown(kind, path, declared),
            live=shown(kind, path, live, by_hand=declared is MISSING),
            owners=owners,
            since=_latest(owners),
            why=why,
            urn=self.declared.urn,
        )

    def refused(self, seen: Seen) -> Difference:
        """Tell that the object cannot be made what it is declared to be."""
        owners = tuple(entry.owner for entry in self.entries if not entry.ours and not entry.controller)
        return Difference(
            self.declared.ref,
            What.CHANGED,
            Effect.FIXED if seen.fixed else Effect.FAILS,
            owners=owners,
            since=_latest(owners),
            why=seen.refusal,
            urn=self.declared.urn,
        )

    def other_data(self) -> Difference:
        """Tell that a Secret's values are not those that its name was made of."""
        if self.live.get("immutable"):
            return self.differs(What.CHANGED, _DATA, Effect.FIXED, declared=HIDDEN, why="the Secret is immutable")
        return self.differs(What.CHANGED, _DATA, declared=HIDDEN)

    def held(self, path: Path) -> bool:
        """Whether somebody else has a field."""
        return any(fields.has(entry.fields, path) for entry in self.entries if not entry.ours)


def _latest(owners: Iterable[Owner]) -> str:
    return max((owner.since for owner in owners), default="")


def _declared(one: _Object, applied: Manifest, wanted: frozenset[Path]) -> Iterator[Difference]:
    """The declared fields, and what somebody has put beside them under the engine's name: it looks at its own alone."""
    told = set()
    for path in sorted(wanted | managers.ours(one.entries)):
        was, now = read(applied, path), read(one.live, path)
        where = _gone(one.live, path) if now is MISSING else path
        if where in told or (was == now and (path not in wanted or not one.held(path))):
            continue
        told.add(where)
        if was == now:
            yield one.differs(What.HELD, path, Effect.LEAVES, declared=was)
        elif path not in wanted:
            yield one.differs(What.ADDED, path, Effect.LEAVES, declared=was)
        elif now is MISSING:
            yield one.differs(What.REMOVED, where, declared=read(applied, where))
        else:
            part = narrow(path, was, now)
            yield one.differs(What.CHANGED, part, declared=read(applied, part))


def _gone(live: Manifest, path: Path) -> Path:
    """The whole that went with a field that is not there."""
    return next(path[:length] for length in range(1, len(path) + 1) if read(live, path[:length]) is MISSING)


def _added(one: _Object, wanted: frozenset[Path], *, autoscaled: bool) -> Iterator[Difference]:
    """What others have put beside the declared fields; an apply leaves it."""
    around = {path[:length] for path in wanted for length in range(len(path) + 1)}
    told = set()
    for path in _beside(one, wanted):
        where = next((path[:length] for length in range(1, len(path) + 1) if path[:length] not in around), path)
        value = read(one.live, where)
        if where in around or where in told or value is MISSING or (autoscaled and path == REPLICAS):
            continue
        told.add(where)
        yield one.differs(What.ADDED, where, Effect.LEAVES)


def _beside(one: _Object, wanted: frozenset[Path]) -> Iterator[Path]:
    for entry in one.entries:
        for path in () if entry.ours or entry.controller else fields.leaves(entry.fields):
            inside = any(path[:length] in wanted for length in range(1, len(path) + 1))
            if not inside and not _by_tools(path):
                yield path


def _by_tools(path: Path) -> bool:
    servers = path[0] == "f:metadata" and (len(path) == 1 or path[1] not in _BY_PEOPLE)
    return servers or path[0] == "f:status" or any(step.startswith(_BY_TOOLS) for step in path)
