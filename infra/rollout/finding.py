"""A symptom found in live objects: what it means, how sure it is, and when it dooms the release."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Confidence(StrEnum):
    """How a symptom is to be taken."""

    TERMINAL = "terminal now"
    REPEATED = "terminal after repeated observations"
    THROTTLED = "throttled"
    TRANSIENT = "transient"


@dataclass(frozen=True)
class Evidence:
    """Where a symptom was read.

    Attributes:
        about: Kind and name of the object, such as `Pod/merchant-backend-5f7c-x2x`.
        field: Path of the field or `event NAME`.
        value: What it says, on one line.
        container: The container whose log explains more; "" when none ran.
    """

    about: str
    field: str
    value: str
    container: str = ""

    def __str__(self) -> str:
        """One line for a person."""
        return f"{self.about} {self.field}: {self.value}"


@dataclass(frozen=True)
class Finding:
    """One symptom, doomed once it was seen often enough and for long enough.

    Attributes:
        key: The same for the same symptom of the same object in the next snapshot.
        reason: Such as `crash-loop`.
        message: One line for a person.
        evidence: Where it was read.
        confidence: How it is to be taken.
        seen: How often it has happened.
        needed: How often it must happen to be believed.
        patience_s: How long it must last to be believed.
        one_nodes: A broken node alone can cause it: one pod says nothing about the release while another is well.
    """

    key: str
    reason: str
    message: str
    evidence: Evidence
    confidence: Confidence
    seen: int = 1
    needed: int = 1
    patience_s: float = 0.0
    one_nodes: bool = False

    def doomed(self, age_s: float) -> bool:
        """Whether the release cannot recover from this.

        Args:
            age_s: Seconds for which the symptom has been seen without a break.
        """
        return self.seen >= self.needed and age_s >= self.patience_s
