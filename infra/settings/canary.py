"""How a release is tried before it replaces what serves, and watched after it did."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field

from infra.settings.units import Seconds, Section

OnInconclusive = Literal["extend", "promote", "abort"]
"""What becomes of a release about which its canary says too little: one more duration and then abort; roll it out; give
it up. Nothing is a success by default."""

REQUESTS: Final = "ours: an error rate of fewer requests than this says nothing"


class Canary(Section):
    """Pods of the new release beside those that serve, behind the same Service."""

    pods: int = Field(ge=1, le=3, description="ours: their share of connections is theirs of all ready pods")
    duration_s: Seconds = Field(ge=5, le=3600, description="ours: how long canary and stable pods are compared")
    min_requests: int = Field(ge=20, le=100_000, description=REQUESTS)
    on_inconclusive: OnInconclusive = Field(description="ours: when nothing is known of the release")


class Bake(Section):
    """The new release alone, under all of the traffic."""

    duration_s: Seconds = Field(
        ge=5, le=3600, description="ours: afterwards the alerts alone watch it; the runbook monitors 30 minutes"
    )
    min_requests: int = Field(ge=20, le=100_000, description=REQUESTS)
