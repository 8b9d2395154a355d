"""What a deploy or a rollback came to, for people, for machines and as an exit code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from infra.errors import RollbackFailed, RolloutError, RolloutTimeout

if TYPE_CHECKING:
    from infra.manifests.release import Release

Outcome = Literal["deployed", "unchanged", "rolled-back", "timed-out", "failed"]


@dataclass(frozen=True)
class Report:
    """What became of a release.

    Attributes:
        release: The one that was to run.
        previous: The one to go back to; None when there is none.
        outcome: `deployed` and `unchanged` are good; after `rolled-back` and `timed-out` the previous one serves; after
            `failed` a human is needed.
        reason: One word for machines, such as `crash-loop`.
        message: One line for a person.
        evidence: Objects and fields that the verdict rests on.
        logs: The last lines of the container that the verdict is about.
        serving: What serves now.
        seconds: How long it took.
    """

    action: Literal["deploy", "rollback"]
    stack: str
    release: Release
    previous: Release | None
    outcome: Outcome
    reason: str
    message: str
    serving: str
    seconds: float
    evidence: tuple[str, ...] = ()
    logs: tuple[str, ...] = ()

    def error(self) -> RolloutError | None:
        """The failure that the outcome stands for; None when it is good."""
        if self.outcome in ("deployed", "unchanged"):
            return None
        what = f"{self.action} of {self.release.version} on {self.stack}: {self.reason}: {self.message}"
        if self.outcome == "failed":
            return RollbackFailed(f"{what}\nnot rolled back: {self.serving}; page a human")
        kind = RolloutTimeout if self.outcome == "timed-out" else RolloutError
        return kind(f"{what}\nrolled back: {self.serving} serves")

    def as_json(self) -> dict[str, Any]:
        """The report as one JSON object."""
        return {
            "action": self.action,
            "stack": self.stack,
            "outcome": self.outcome,
            "release": {"version": self.release.version, "image": self.release.image},
            "previous": self.previous and {"version": self.previous.version, "image": self.previous.image},
            "serving": self.serving,
            "reason": self.reason,
            "message": self.message,
            "evidence": list(self.evidence),
            "logs": list(self.logs),
            "seconds": round(self.seconds, 1),
        }

    def lines(self) -> list[str]:
        """The report for a person."""
        lines = [f"{self.action} {self.release.version} on {self.stack}: {self.outcome} after {self.seconds:.0f} s"]
        if self.outcome == "unchanged":
            return [f"{self.release.version} runs on {self.stack} already and is healthy: nothing to do"]
        lines.append(f"  serves:   {self.serving}")
        if self.outcome != "deployed":
            lines.append(f"  reason:   {self.reason}: {self.message}")
            lines += [f"  evidence: {entry}" for entry in self.evidence]
            lines += [f"  log:      {entry}" for entry in self.logs]
        elif self.previous is not None:
            back = f"rez rollback {self.previous.version} --stack {self.stack}"
            lines.append(f"  before:   {self.previous.version}; back to it: {back}")
        return lines
