"""What no single field of the canary and its metrics can tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from infra.quantities import format_seconds
from infra.settings.model import LOCAL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.settings.api import Rollout
    from infra.settings.canary import Bake, Canary
    from infra.settings.telemetry import Telemetry

SHORTEST_S: Final = 60
"""Caches, pools and the just-in-time compiler take about that long to warm up."""


def canary_fits_the_surge(rollout: Rollout, canary: Canary) -> Iterator[str]:
    """Connections and nodes have room for one surge, and the canary is gone before the surge begins."""
    if canary.pods > rollout.max_surge:
        yield (
            f"canary.pods: {canary.pods} is above api.rollout.max_surge ({rollout.max_surge}), for which alone there "
            f"is room beside api.pods.max; set at most {rollout.max_surge}"
        )


def judges_take_their_time(stack: str, canary: Canary, bake: Bake) -> Iterator[str]:
    """Only on one's own machine may a release be judged in seconds."""
    for name, part in (("canary", canary), ("bake", bake)):
        if stack != LOCAL and part.duration_s < SHORTEST_S:
            yield (
                f"{name}.duration: {format_seconds(part.duration_s)} is below the {format_seconds(SHORTEST_S)} that a "
                f"new process takes to warm up; set at least {format_seconds(SHORTEST_S)}"
            )


def promotion_is_by_hand(stack: str, canary: Canary) -> Iterator[str]:
    """What nobody knows anything of is rolled out by a person's word alone."""
    if stack != LOCAL and canary.on_inconclusive == "promote":
        yield (
            "canary.on_inconclusive: 'promote' would roll out every release that gets no traffic; set extend or abort, "
            "and promote by hand with `rez deploy --on-inconclusive promote`"
        )


def metrics_have_one_source(telemetry: Telemetry) -> Iterator[str]:
    """Two sources could tell two stories."""
    if telemetry.prometheus and telemetry.new_relic:
        yield "telemetry: prometheus and new_relic exclude each other; remove one"
