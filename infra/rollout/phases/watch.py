"""The pods of the release, watched until they are healthy, doomed or out of time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.rollout.settle import settle

if TYPE_CHECKING:
    from infra.rollout.run import Run
    from infra.rollout.settle import Settled


def phase(run: Run) -> Settled:
    """Watch the release.

    Raises:
        UnavailableError: The API server was away for too long.
        Inconclusive: Somebody else replaced the release meanwhile.
    """
    return settle(run.scene, run.release)
