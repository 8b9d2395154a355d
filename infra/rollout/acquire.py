"""How a run comes by the lock: it is free, its holder is dead, or it is waited for."""

from __future__ import annotations

import os
import socket
import uuid
from http import HTTPStatus
from typing import TYPE_CHECKING

from infra.engine import runs
from infra.errors import LockHeld, UnavailableError
from infra.rejection import ApiError
from infra.rollout import fencing_token, lease
from infra.rollout.lease import Holder, Sighting
from infra.rollout.lock import Lock

if TYPE_CHECKING:
    from infra.manifests import Manifest
    from infra.rollout.scene import Scene

_LOOK_S = 1.0


def acquire(scene: Scene, *, wait_s: float = 0.0, duration_s: int = lease.DURATION_S) -> Lock:
    """Take the lock.

    A holder that nobody has seen alive is watched for as long as it may be silent, by our own clock, and its lock is
    taken if it stays so. One of this host whose process is gone is not waited for.

    Args:
        scene: Where.
        wait_s: How long to wait for a holder that is alive.
        duration_s: How long we may be silent ourselves.

    Raises:
        LockHeld: Its holder is alive.
        UnavailableError: The API server does not answer.
        ApiError: It refuses.
    """
    me = Holder(scene.by, socket.gethostname(), os.getpid(), uuid.uuid4().hex[:8])
    deadline, sighting = scene.clock() + wait_s, None
    while True:
        try:
            live = _look(scene)
        except UnavailableError:
            if scene.clock() >= deadline:
                raise
            sighting = None  # a holder that could not be seen may have been as helpless as we were
            scene.pause(_LOOK_S)
            continue
        at_s = scene.clock()
        if sighting is None:
            sighting = Sighting(live["spec"], at_s)
            _tell(scene, live, wait_s)
        else:
            sighting = sighting.again(live, at_s)
        if not lease.holder(live) or is_dead(live) or sighting.expired(at_s):
            if taken := _take(scene, live, me, duration_s):
                return taken
        elif sighting.alive and at_s >= deadline:
            raise held(live)
        else:
            scene.pause(_LOOK_S)


def held(live: Manifest) -> LockHeld:
    """The failure that a held lock is."""
    holder, since, doing = lease.holder(live), lease.since(live), lease.entry(live)
    what = f"the {doing}" if doing else "another run"
    remedy = "wait for it to end, or let this one wait with `--wait SECONDS`"
    return LockHeld(f"locked since {since} by {holder}: {what}; {remedy}", holder=holder, since=since)


def _look(scene: Scene) -> Manifest:
    namespace = scene.target.namespace
    found = scene.cluster.get(lease.API_VERSION, lease.KIND, lease.NAME, namespace)
    return {"spec": {}, **(found or lease.new(namespace))}


def is_dead(live: Manifest) -> bool:
    """Whether the holder was a process of this host that is gone; of other hosts' nothing is known."""
    holder = Holder.parse(lease.holder(live))
    try:
        return holder is not None and holder.host == socket.gethostname() and runs.lost(holder.pid, lease.since(live))
    except ValueError:
        return False


def _take(scene: Scene, live: Manifest, me: Holder, duration_s: int) -> Lock | None:
    """The lock, or None if somebody was quicker."""
    before = lease.holder(live)
    runs.note(me.pid)  # before the Lease's own time: a lock that is older than its process is another machine's
    above = fencing_token.highest(scene.cluster, scene.target.namespace)
    wanted = lease.taken(live, me, now=scene.now(), duration_s=duration_s, above=above)
    write = scene.cluster.replace if "resourceVersion" in live["metadata"] else scene.cluster.create
    try:
        own = write(wanted)
    except ApiError as error:
        if error.status == HTTPStatus.CONFLICT:
            return None
        raise
    if before:
        scene.say(f"the lock of {before} was taken over: it showed no life")
    return Lock(scene.cluster, own, me, scene.now)


def _tell(scene: Scene, live: Manifest, wait_s: float) -> None:
    if holder := lease.holder(live):
        patience = f"waiting up to {wait_s:g} s for it" if wait_s else "looking whether it is alive"
        scene.say(f"the lock is held by {holder} since {lease.since(live)}; {patience}")
