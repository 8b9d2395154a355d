"""The exceptions a person can meet, each with the exit code that `rez` ends with."""

from __future__ import annotations

from typing import ClassVar

REFUSED = "refused: "
"""How the program marks a line about settings, secrets or a release that a person has to put right."""


class RezError(Exception):
    """A failure that is explained by its message: which object, which field, the values, the remedy."""

    exit_code: ClassVar[int] = 1


class Terminated(KeyboardInterrupt):
    """SIGTERM: an interruption that, unlike Ctrl-C, the processes we started have not seen."""


class SettingsError(RezError, ValueError):
    """The stack's settings cannot work; nothing was touched.

    Attributes:
        problems: One line for each problem: field, value, bound, remedy.
    """

    exit_code = 2

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class PreconditionError(RezError):
    """Refused before the first write."""

    exit_code = 2


class PolicyViolation(RezError):
    """A mandatory policy forbids the change."""

    exit_code = 4


class DriftFound(RezError):
    """What runs is not what is declared, or a plan holds changes nobody expected."""

    exit_code = 7


class LockHeld(RezError):
    """Somebody else is changing the stack.

    Attributes:
        holder: Who holds the lock, as `user@host (pid)`.
        since: When it was taken, ISO 8601, or "" if unknown.
    """

    exit_code = 14

    def __init__(self, message: str, *, holder: str = "", since: str = "") -> None:
        super().__init__(message)
        self.holder = holder
        self.since = since


class UnavailableError(RezError):
    """The cluster or an API does not answer; the same command is safe to repeat.

    Attributes:
        retry_after_s: Seconds to wait before the next try, >= 0.
    """

    exit_code = 75

    def __init__(self, message: str, *, retry_after_s: float = 5.0) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class RolloutError(RezError):
    """The rollout was judged bad and was rolled back."""

    exit_code = 10


class RollbackFailed(RolloutError):
    """The way back failed: a bad release, one half brought back, or none at all is what runs; page a human."""

    exit_code = 11


class Inconclusive(RolloutError):
    """Neither healthy nor bad: too little to judge by, or somebody else changed it meanwhile; it is left as it is."""

    exit_code = 12


class RolloutTimeout(RolloutError):
    """No verdict before the deadline."""

    exit_code = 13
