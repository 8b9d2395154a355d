"""What became of something that was done to the release that runs: for people, for machines and as an exit code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from infra.errors import Inconclusive, RollbackFailed, RolloutError, RolloutTimeout

if TYPE_CHECKING:
    from infra.operations.change import Change
    from infra.rollout.scene import Scene
    from infra.rollout.settle import Settled

Outcome = Literal["done", "unchanged", "rolled-back", "timed-out", "unsettled", "failed"]


@dataclass(frozen=True)
class Result:
    """How it ended.

    Attributes:
        change: What was done.
        stack: Where.
        outcome: `done` and `unchanged` are good; after `rolled-back` and `timed-out` what held before holds; after
            `unsettled` the change holds, but the pods are not yet as they should be; after `failed` a human is needed.
        settled: What was found out about the pods; None if nothing was done.
        note: What else a person has to know, "" for nothing.
        seconds: How long it took.
    """

    change: Change
    stack: str
    outcome: Outcome
    settled: Settled | None = None
    note: str = ""
    seconds: float = 0.0

    @property
    def _found(self) -> str:
        if self.settled is None:
            return ""
        verdict = self.settled.verdict
        return verdict.message if self.settled.healthy else f"{verdict.reason}: {verdict.message}"

    def summary(self) -> str:
        """One line for the ledger: what, how it ended, why."""
        return f"{self.change.kind}: {self.change.what}: {self.outcome}: {self.change.reason}"

    def error(self) -> RolloutError | None:
        """The failure that the outcome stands for; None when it is good."""
        what = f"{self.change.kind} on {self.stack}: {self.change.what}: {self._found}"
        match self.outcome:
            case "rolled-back":
                return RolloutError(f"{what}\ntaken back: {self.change.before}")
            case "timed-out":
                return RolloutTimeout(f"{what}\nno verdict in time; taken back: {self.change.before}")
            case "unsettled":
                remedy = "it holds all the same; see `rez status`, take it back with `rez scale resume`"
                return Inconclusive(f"{what}\n{remedy}")
            case "failed":
                return RollbackFailed(f"{what}\nnot taken back: {self.note}; page a human")
            case "done" | "unchanged":
                return None

    def as_json(self) -> dict[str, Any]:
        """One JSON object."""
        verdict = None if self.settled is None else self.settled.verdict
        return {
            "action": self.change.kind,
            "stack": self.stack,
            "outcome": self.outcome,
            "release": {"version": self.change.release.version, "image": self.change.release.image},
            "what": self.change.what,
            "before": self.change.before,
            "why": self.change.reason,
            "reason": verdict.reason if verdict else "unchanged",
            "message": self.note or self._found,
            "evidence": [str(each) for each in verdict.evidence] if verdict else [],
            "logs": list(self.settled.logs) if self.settled else [],
            "seconds": round(self.seconds, 1),
        }

    def lines(self, scene: Scene) -> list[str]:
        """For a person."""
        if self.outcome == "unchanged" or self.settled is None:
            return self.change.lines(scene)
        lines = [
            f"{self.change.kind} on {self.stack}: {self.outcome} after {self.seconds:.0f} s: {self.change.what}",
            f"  before:   {self.change.before}",
            f"  pods:     {self._found}",
        ]
        if not self.settled.healthy:
            lines += [f"  evidence: {each}" for each in self.settled.verdict.evidence]
            lines += [f"  log:      {each}" for each in self.settled.logs]
        return [*lines, *([f"  note:     {self.note}"] if self.note else [])]
