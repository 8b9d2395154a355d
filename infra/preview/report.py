"""What a preview tells: plain data, for every format the same."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Op(Enum):
    """What becomes of an object."""

    CREATE = "create"
    CHANGE = "change"
    RENEW = "renew"
    REPLACE = "replace"
    FORGET = "forget"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is said.

    Attributes:
        file: The file, from the checkout's root.
        line: The line, counted from 1; 0 where the file does not have it.
        setting: The setting of the stack file, "" for a place in the program.
    """

    file: str
    line: int
    setting: str = ""

    def __str__(self) -> str:
        """Name the place as editors link it."""
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Field:
    """One field that differs.

    Attributes:
        path: Where it is in the object.
        old: What it was, None if it was not there.
        new: What it will be, None if it will not be there.
        replaces: Whether the object must be replaced for it.
    """

    path: str
    old: str | None
    new: str | None
    replaces: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What becomes of one object.

    Attributes:
        op: What happens.
        kind: The object's kind.
        name: Its name, with its namespace if it has one.
        fields: What differs.
        cost: What is lost or stops meanwhile, "" for nothing worth a word.
        protected: Whether the engine refuses it, because the object is protected.
        place: Where the program declares it; None where that is not known.
        was: Its older name, "" if that is the same.
    """

    op: Op
    kind: str
    name: str
    fields: tuple[Field, ...] = ()
    cost: str = ""
    protected: bool = False
    place: Place | None = None
    was: str = ""

    def __str__(self) -> str:
        """Name the object as messages do."""
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is wrong with the change.

    Attributes:
        rule: The policy's id; "" for what the settings or the engine refuse.
        severity: How bad it is.
        blocks: Whether it stops the change.
        message: Object, field, value, limit.
        remedy: What to do.
        places: The settings that it comes from, else where the program declares the object.
        exemption: What sets it aside, "" for nothing.
    """

    rule: str
    severity: str
    blocks: bool
    message: str
    remedy: str = ""
    places: tuple[Place, ...] = ()
    exemption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a preview is about.

    Attributes:
        stack: The stack.
        base: What is taken for what runs.
        head: What was previewed.
        judge: Whose policies judged it.
    """

    stack: str
    base: str
    head: str
    judge: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A preview.

    Attributes:
        subject: What it is about.
        refused: Settings that cannot work.
        failures: What went wrong in the program or the engine.
        findings: What the policies and the engine's protection say.
        changes: What would be done, worst first.
        unchanged: How many objects stay as they are.
        notes: What else a reader must know.
    """

    subject: Subject
    refused: tuple[Found, ...] = ()
    failures: tuple[str, ...] = ()
    findings: tuple[Found, ...] = ()
    changes: tuple[Change, ...] = ()
    unchanged: int = 0
    notes: tuple[str, ...] = ()

    @property
    def blocked(self) -> bool:
        """Whether a finding stops the change."""
        return any(each.blocks for each in self.findings)

    @property
    def passed(self) -> bool:
        """Whether nothing is in the way."""
        return not (self.blocked or self.refused or self.failures)

    def count(self, op: Op) -> int:
        """How many objects an operation concerns."""
        return sum(each.op is op for each in self.changes)
