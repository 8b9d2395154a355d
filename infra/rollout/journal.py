"""What a run is doing, written down before it is done, so that the next run can go on where a killed one ended."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, Self

from infra.manifests.release import Release

if TYPE_CHECKING:
    from infra.rollout.settle import Settled

Action = Literal["deploy", "rollback", "scale", "memory", "restart", "overrides"]


@dataclass(frozen=True)
class Entry:
    """One run, and the step it is in.

    Attributes:
        release: What it brings in.
        previous: What ran before; None when nothing is known to have served.
        step: The phase.
        since: When the run began, ISO 8601, UTC.
        by: Who began it.
        rolls_out: The Deployment may have been changed.
        bad: Why the release is taken back, one word for machines; "" as long as it is not.
        message: The same for a person.
        left: A run before it that was left half done and that this one has not overtaken yet.
        change: What is changed about the release that runs, by the fields of `infra.operations.change.Change`; None for
            a run that brings a release in.
    """

    action: Action
    release: Release
    previous: Release | None
    step: str
    since: str
    by: str
    rolls_out: bool = False
    bad: str = ""
    message: str = ""
    left: Entry | None = None
    change: dict[str, Any] | None = None

    def condemned(self, bad: Settled) -> Self:
        """The same run, taking its release back."""
        reason = "timeout" if bad.timed_out else bad.verdict.reason
        return replace(self, bad=reason, message=bad.verdict.message)

    @property
    def touching(self) -> Entry | None:
        """The run that may have changed the Deployment: this one, or the one that it has not overtaken."""
        return self if self.rolls_out else self.left

    def __str__(self) -> str:
        """For a person, such as `deploy of v3 by me@here, begun 2026-11-23T21:00:00Z, in step watch`."""
        return f"{self.action} of {self.release.version} by {self.by}, begun {self.since}, in step {self.step}"

    def as_json(self) -> dict[str, Any]:
        """The form that `parse` reads."""
        own = {key: value for key, value in vars(self).items() if value and key != "left"}
        texts = {key: str(value) if isinstance(value, Release) else value for key, value in own.items()}
        return {**texts, **({"left": self.left.as_json()} if self.left else {})}

    @classmethod
    def parse(cls, text: str) -> Entry | None:
        """Read an entry; None when the text is none, of which nothing can be resumed."""
        try:
            return _entry(json.loads(text))
        except (ValueError, TypeError, KeyError, AttributeError):
            return None


def _entry(found: dict[str, Any]) -> Entry:
    previous, left = found.get("previous"), found.get("left")
    given = {
        **found,
        "release": Release.parse(found["release"]),
        "previous": Release.parse(previous) if previous else None,
        "left": _entry(left) if left else None,
    }
    return Entry(**given)
