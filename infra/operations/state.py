"""A stack's state: what it was, and bringing back what it was."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from infra.engine import checkpoint, locks
from infra.engine.state_files import checkpoint_of
from infra.errors import PreconditionError, RezError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from infra.engine import Engine
    from infra.engine.state_files import StateFiles, Version

NEWEST: Final = 10
"""So many versions are listed one by one."""
SETTLED: Final = 20
"""So many older ones are listed, each the last of a run: an update writes a version for each step."""
_PAUSE_S: Final = 60.0
"""A version that was the state for longer than this was the last of a run."""


@dataclass(frozen=True)
class Row:
    """A version and what is in it.

    Attributes:
        version: Its id, time and size.
        resources: URNs, empty for a damaged one.
        damage: Why it cannot be used, "" if it can.
    """

    version: Version
    resources: tuple[str, ...]
    damage: str


@dataclass(frozen=True)
class Plan:
    """What a restoration would do.

    Attributes:
        stack: Stack name.
        now: What is wrong with the state now, "" if it is whole.
        row: What would be brought back.
        forgotten: Resources that the state has now and would not have any more; none if it is damaged.
        remembered: Resources that it would have again.
    """

    stack: str
    now: str
    row: Row
    forgotten: tuple[str, ...]
    remembered: tuple[str, ...]

    def lines(self) -> list[str]:
        """The plan for a person."""
        version = self.row.version
        return [
            f"stack      {self.stack}: the state is {f'damaged: {self.now}' if self.now else 'whole'}",
            f"restore    version {version.id} of {version.written}, {len(self.row.resources)} resources",
            *(f"forgotten  {urn}" for urn in self.forgotten),
            *(f"remembered {urn}" for urn in self.remembered),
        ]


def shown(versions: Sequence[Version]) -> list[Version]:
    """The versions worth a line: the newest, and before them the last of each run.

    Args:
        versions: All, newest first.
    """
    older = zip(versions[NEWEST - 1 :], versions[NEWEST:], strict=False)
    settled = [older for newer, older in older if _seconds(older, newer) > _PAUSE_S]
    return [*versions[:NEWEST], *settled[:SETTLED]]


def _seconds(older: Version, newer: Version) -> float:
    return (datetime.fromisoformat(newer.written) - datetime.fromisoformat(older.written)).total_seconds()


def rows(engine: Engine) -> list[Row]:
    """The state's versions worth a line, newest first.

    Raises:
        PreconditionError: The backend keeps no files, or not where we can look.
        RezError: It does not answer, or does not let us in.
    """
    files, name = _files(engine), checkpoint_of(engine.stack)
    listed = shown(files.versions(name))
    with ThreadPoolExecutor() as readers:
        return list(readers.map(lambda version: _row(engine.stack, files, version), listed))


def _row(stack: str, files: StateFiles, version: Version) -> Row:
    return _judged(stack, version, files.read_version(checkpoint_of(stack), version))


def _judged(stack: str, version: Version, content: bytes) -> Row:
    damage = checkpoint.damage(content, stack)
    return Row(version, () if damage else _urns(content), damage)


def _urns(content: bytes) -> tuple[str, ...]:
    return tuple(resource["urn"] for resource in checkpoint.resources(content))


def _files(engine: Engine) -> StateFiles:
    if engine.files is None:
        remedy = "PULUMI_BACKEND_URL must be s3:// or file://; elsewhere use the backend's own history"
        raise PreconditionError(
            f"the state of stack {engine.stack} is not kept in files that can be looked into: {remedy}"
        )
    return engine.files


def plan(engine: Engine, version: str | None) -> Plan:
    """What would be brought back.

    Args:
        engine: The stack's engine.
        version: An id; None for the newest whole version of a damaged state.

    Raises:
        PreconditionError: There is no such version, it is damaged itself, or the state needs no help.
        RezError: The backend does not answer, or does not let us in.
    """
    files, name = _files(engine), checkpoint_of(engine.stack)
    content = files.read(name)
    now = "gone" if content is None else checkpoint.damage(content, engine.stack)
    if version is None and not now:
        remedy = "to go back all the same, name a `--version` of `rez state versions`"
        raise PreconditionError(f"the state of stack {engine.stack} is whole: {remedy}")
    row = _named(engine.stack, files, version) if version else next(_whole(engine.stack, files), None)
    if row is None:
        raise PreconditionError(f"the state of stack {engine.stack} has no version that is whole")
    has, had = (() if now else _urns(content or b"")), row.resources
    return Plan(
        engine.stack,
        now,
        row,
        forgotten=tuple(urn for urn in has if urn not in had),
        remembered=() if now else tuple(urn for urn in had if urn not in has),
    )


def _whole(stack: str, files: StateFiles) -> Iterator[Row]:
    """Whole versions, newest first; each is read when asked for."""
    for version in files.versions(checkpoint_of(stack)):
        row = _row(stack, files, version)
        if not row.damage:
            yield row


def _named(stack: str, files: StateFiles, wanted: str) -> Row:
    for version in files.versions(checkpoint_of(stack)):
        if version.id == wanted:
            row = _row(stack, files, version)
            if row.damage:
                raise PreconditionError(f"--version: {wanted} is damaged itself: it is {row.damage}")
            return row
    raise PreconditionError(f"--version: {wanted} is no version of this state; see `rez state versions`")


def restore(engine: Engine, version: str | None) -> Plan:
    """Bring back what the state was; what it is now stays as a version.

    Args:
        engine: The stack's engine.
        version: As for `plan`.

    Returns:
        What was done.

    Raises:
        LockHeld: Somebody changes the stack.
        RezError: As `plan`, or the engine cannot read what was brought back.
    """
    files, name = _files(engine), checkpoint_of(engine.stack)
    locks.break_dead(files, engine.stack)
    with locks.held(files, engine.stack):
        chosen = plan(engine, version)
        files.write(name, files.read_version(name, chosen.row.version))
    if not engine.exists():
        raise RezError(f"the state of stack {engine.stack} was written, but the engine does not find it")
    engine.adopt()
    return chosen
