"""What is going to be done to the release that runs; made by reading alone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from infra.rollout.target import API_COMPONENT, AUTOSCALER

if TYPE_CHECKING:
    from pydantic import BaseModel

    from infra.manifests.release import Release
    from infra.rollout.scene import Scene

Kind = Literal["scale", "memory", "restart", "overrides"]


@dataclass(frozen=True)
class Change:
    """What is going to be done; made by reading alone.

    Attributes:
        kind: Of the override; `overrides` for all that are over.
        release: What runs, and goes on running.
        what: What will hold, for a person.
        before: What held, for a person.
        reason: Why.
        patch: What is told to the program: a merge patch of its overrides; "" to drop what is over and no more.
        undo: The patch that takes it back; "" if there is no way back.
        rolls: Whether new pods are made, which are watched and taken back when they are bad.
        pods: How many there have to be in the end; None for whatever the autoscaler wants.
        done: It is so already.
    """

    kind: Kind
    release: Release
    what: str
    before: str
    reason: str
    patch: str
    undo: str
    rolls: bool
    pods: range | None = None
    done: bool = False

    @property
    def target(self) -> str:
        """What the engine may touch."""
        return API_COMPONENT if self.rolls else AUTOSCALER

    def lines(self, scene: Scene) -> list[str]:
        """The plan for a person."""
        if self.done:
            return [f"{self.kind} on {scene.stack}: {self.before}: nothing to do"]
        bad = f"back to: {self.before}" if self.rolls and self.undo else "it is left as it is, and said"
        return [
            f"{self.kind} of {self.release.version} on {scene.stack}: {self.what}",
            f"  before:  {self.before}",
            f"  reason:  {self.reason}",
            f"  engine:  up, targeted at {self.target}",
            f"  watch:   Deployment/{scene.target.deployment}, at most {scene.timeout_s:g} s",
            f"  if bad:  {bad}",
            "  record:  one ConfigMap in the ledger",
        ]


def patch(kind: Kind, override: BaseModel | None) -> str:
    """A merge patch that sets one kind, or lifts it."""
    return json.dumps({kind: override and override.model_dump(mode="json")})
