"""What an engine run that failed has left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.errors import LockHeld, PolicyViolation, SettingsError, UnavailableError
from infra.rollout.live import condition, mapping, text
from infra.rollout.settle import Settled
from infra.rollout.verdict import State, Verdict

if TYPE_CHECKING:
    from infra.errors import RezError
    from infra.manifests import Manifest

REFUSALS = (PolicyViolation, LockHeld, SettingsError, UnavailableError)
"""Failures that say themselves what to do: nothing was touched, or the same command is to be run again."""


def template(deployment: Manifest | None) -> Manifest:
    """What pods are made from; {} without a Deployment.

    A run rolls something out by changing this. The Deployment's generation says less: the autoscaler raises it too.
    """
    return mapping(deployment, "spec", "template")


def available(deployment: Manifest | None) -> bool:
    """Whether enough pods serve, by the Deployment's controller."""
    return text(condition(deployment, "Available"), "status") == "True"


def settled(error: RezError) -> Settled:
    """The end of a release whose engine run failed halfway."""
    return Settled(Verdict(State.DEGRADED, "engine-failed", str(error)))
