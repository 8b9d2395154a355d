"""What a run that was killed has left, and what the next one makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infra.rollout import lease
from infra.rollout.acquire import is_dead
from infra.rollout.live import text
from infra.rollout.settle import Settled
from infra.rollout.verdict import State, Verdict

if TYPE_CHECKING:
    from infra.manifests import Manifest
    from infra.manifests.release import Release
    from infra.rollout.journal import Entry
    from infra.rollout.scene import Scene


def read(scene: Scene) -> Entry | None:
    """What the last run has left half done, or the running one is doing; None when there is nothing to go on with.

    Raises:
        UnavailableError: The cluster does not answer.
    """
    live = scene.cluster.get(lease.API_VERSION, lease.KIND, lease.NAME, scene.target.namespace)
    return lease.entry(live)


def status(live: Manifest | None) -> dict[str, Any]:
    """Whether a run is under way or was left half done, from the live Lease.

    Returns:
        `state` is `none`, `under way` or `left half done`; `run` tells which, since when and in which step, `remedy`
        who goes on with it; `holder` holds the lock, `since` then, and showed life at `seen`, by its own clock. "" is
        what is not known.
    """
    entry, holder = lease.entry(live), lease.holder(live)
    state = "under way" if live and holder and not is_dead(live) else "left half done" if entry else "none"
    return {
        "state": state,
        "run": str(entry) if entry and state != "none" else "",
        "step": entry.step if entry and state != "none" else "",
        "remedy": _remedy(entry) if entry and state == "left half done" else "",
        "holder": holder,
        "since": lease.since(live) if holder else "",
        "seen": text(live, "spec", "renewTime") if holder else "",
    }


def _remedy(entry: Entry) -> str:
    others = ", as does `rez overrides drop-expired`" if entry.change else ""
    return f"the next `rez deploy` or `rez rollback` goes on{others}"


def same(left: Entry | None, release: Release) -> bool:
    """Whether a deploy of this release goes on where a killed one ended: the Deployment may be changed already."""
    return left is not None and left.action == "deploy" and left.release == release


def verdict(left: Entry) -> Settled:
    """What the killed run had found out about its release."""
    return Settled(Verdict(State.DEGRADED, left.bad, left.message), timed_out=left.bad == "timeout")


def told(left: Entry, release: Release) -> str:
    """What is done about it, on one line."""
    touching = left.touching
    if touching is None and left.change:
        then = "the autoscaler gets what the stack's state says"
    elif touching is None:
        then = "nothing was rolled out; what it left is removed"
    elif not same(touching, release):
        then = f"{release.version} takes its place"
    elif touching.bad:
        then = f"its way back to {touching.previous.version if touching.previous else 'nothing'} is gone to its end"
    else:
        then = "going on with it"
    return f"the {touching or left} was left half done: {then}"
