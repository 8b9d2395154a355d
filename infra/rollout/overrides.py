"""What may be overridden, by how much and for how long: refused here, before anything is touched. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from infra import quantities
from infra.errors import PreconditionError
from infra.manifests.overrides import LONGEST, MOST_MEMORY_MIB, Memory, Override, Overrides, Restart, Scale
from infra.quantities import format_mib, format_seconds
from infra.settings import checks
from infra.settings.api import Pods
from infra.settings.problems import field_problem
from infra.text import line

if TYPE_CHECKING:
    from infra.settings import Settings

SHORTEST: Final = timedelta(minutes=5)
"""Ours: the engine alone may take a minute, and what is over before it starts is never declared."""
DEFAULT_TERM: Final = "4h"
"""How long an override holds. Ours: a shift's half; nobody has to remember it overnight."""


@dataclass(frozen=True)
class Asked:
    """Who asks, why, when, and for how long.

    Attributes:
        term: A duration like `4h`.
    """

    reason: str
    by: str
    now: datetime
    term: str = DEFAULT_TERM

    def who(self) -> dict[str, str]:
        """The fields of a restart.

        Raises:
            PreconditionError: There is no reason.
        """
        if not self.reason.strip():
            raise PreconditionError(
                "--reason: is empty; say why, in one line: it is shown as long as the override holds"
            )
        return {"reason": line(self.reason, limit=200), "by": line(self.by, limit=200)}

    def whole(self) -> dict[str, Any]:
        """The fields that every override has.

        Raises:
            PreconditionError: There is no reason, or the term is none or too long.
        """
        try:
            lasts = timedelta(seconds=quantities.seconds(self.term))
        except ValueError as error:
            raise PreconditionError(f"--for: {error}") from None
        if not SHORTEST <= lasts <= LONGEST:
            least, most = (format_seconds(int(each.total_seconds())) for each in (SHORTEST, LONGEST))
            raise PreconditionError(
                f"--for: {self.term} is not {least} to {most}; what is needed for longer belongs into the stack file"
            )
        since = self.now.astimezone(UTC).replace(microsecond=0)
        return {**self.who(), "since": since, "expires": since + lasts}


def scale(settings: Settings, pods: tuple[int, int], asked: Asked) -> Scale:
    """Other bounds for the autoscaler; the same one twice pins the pods.

    Args:
        settings: The stack's settings as declared.
        pods: The fewest and the most pods.
        asked: Who asks.

    Raises:
        PreconditionError: The bounds are not the runbook's, or the pods would not fit what they need.
    """
    whole = asked.whole()
    try:
        bounds = Pods(min=pods[0], max=pods[1])
    except ValidationError as error:
        raise PreconditionError("\n".join(f"pods.{field_problem(each, Pods)}" for each in error.errors())) from None
    found = checks.problems(
        {
            "api.pods": bounds,
            "api.rollout": settings.api.rollout,
            "api.disruption": settings.api.disruption,
            "database": settings.database,
        }
    )
    if bounds.min == bounds.max:  # a pin has no room by intent
        found = [each for each in found if not each.startswith("api.pods.min:")]
    if found:
        raise PreconditionError("\n".join(found))
    return Scale(**whole, pods=bounds)


def memory(settings: Settings, size: str, asked: Asked) -> Memory:
    """A larger memory limit.

    Args:
        settings: The stack's settings as declared.
        size: Such as `2Gi`.
        asked: Who asks.

    Raises:
        PreconditionError: It is no size, not above the declared limit, or above the runbook's 2Gi.
    """
    whole, declared = asked.whole(), settings.api.memory.limit_mib
    try:
        limit = quantities.mib(size)
    except ValueError as error:
        raise PreconditionError(f"memory: {error}") from None
    if limit > MOST_MEMORY_MIB:
        most = format_mib(MOST_MEMORY_MIB)
        raise PreconditionError(
            f"memory: {size} is above {most} (runbook, Out of Memory); set at most {most}, and find the leak"
        )
    if limit <= declared:
        raise PreconditionError(
            f"memory: {size} is not above the declared limit of {format_mib(declared)}; take an override back with "
            "`rez memory resume`, or change api.memory.limit in the stack file"
        )
    return Memory(**whole, limit_mib=limit)


def restart(asked: Asked) -> Restart:
    """A rolling restart.

    Raises:
        PreconditionError: There is no reason.
    """
    return Restart(**asked.who(), at=asked.now.astimezone(UTC).replace(microsecond=0))


def over(overrides: Overrides, now: datetime) -> list[str]:
    """The kinds that hold no more and are still declared."""
    return [kind for kind, override in overrides.temporary().items() if override.expires <= now]


def kept(overrides: Overrides, now: datetime) -> tuple[str, ...]:
    """What becomes of each with the next update, for a plan."""
    return tuple(
        f"  {'drops:' if override.expires <= now else 'keeps:'}   {words(override, now)}"
        for override in overrides.temporary().values()
    )


def words(override: Override, now: datetime) -> str:
    """An override for a person: what, until when, by whom and why."""
    left_s = 60 * round((override.expires - now).total_seconds() / 60)
    lasts = "over" if override.expires <= now else f"{format_seconds(left_s)} left" if left_s else "seconds left"
    until = f"{override.expires.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return f"{override} until {until} ({lasts}), by {override.by}: {override.reason}"
