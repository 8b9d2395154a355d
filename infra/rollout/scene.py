"""Who brings a release in, where to, and with what: passed to everything that a rollout does."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from infra.rollout import feed, ledger, lock
from infra.rollout.target import Target
from infra.telemetry.pods import Proxy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from infra.manifests import Manifest
    from infra.rollout.journal import Entry
    from infra.rollout.progress import Event
    from infra.settings import Settings
    from infra.telemetry.source import Source


class Engine(Protocol):
    """The part of `infra.engine.Engine` that a rollout needs."""

    def recover(self) -> None:
        """Put right what a killed engine left."""

    def preview(
        self,
        release: str | None,
        targets: Sequence[str],
        on_line: Callable[[str], None] | None,
        *,
        record: str,
        overrides: str,
    ) -> str:
        """Show what `up` would do, and give the plan."""

    def up(  # noqa: PLR0913 - the parameters of an update
        self,
        release: str | None,
        targets: Sequence[str],
        on_line: Callable[[str], None] | None,
        *,
        record: str,
        overrides: str,
        previewed: bool,
        stamp: str,
        stop: threading.Event,
    ) -> None:
        """Bring the stack to its program."""

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs; empty when it has no state."""

    def rendered(self) -> str:
        """What was declared for the release that runs."""


class Cluster(feed.Source, ledger.Store, lock.Store, Proxy, Protocol):
    """The part of `infra.cluster.Cluster` that a rollout needs."""

    def apply(self, manifest: Manifest, *, force: bool = False) -> Manifest:
        """Create an object, or change the fields that are ours; by force also those of others that it names."""

    def patch(self, api_version: str, kind: str, name: str, namespace: str, change: Mapping[str, Any]) -> Manifest:
        """Merge a change into a live object."""

    def logs(self, namespace: str, pod: str, container: str, *, previous: bool = False, tail: int = 50) -> str:
        """The last lines of a container."""


class Lock(Protocol):
    """The part of `infra.rollout.lock.Lock` that a run's phases need.

    Attributes:
        lost: Set once somebody else holds it.
        token: Its number among all that there were; 0 for none.
    """

    lost: threading.Event
    token: int

    def stamp(self) -> str:
        """The fencing token for one write."""

    def check(self) -> None:
        """Raise LockHeld once it is known to be somebody else's."""

    def confirm(self) -> None:
        """Ask the API server whether it is still ours."""

    def write(self, entry: Entry | None) -> None:
        """Write the journal."""


class NoLock:
    """For what reads, and for what changes nothing that a deploy changes."""

    lost = threading.Event()
    token = 0

    def stamp(self) -> str:
        """No token."""
        return ""

    def check(self) -> None:
        """Nothing was locked, so nothing is lost."""

    confirm = check

    def write(self, entry: Entry | None) -> None:
        """Nothing is resumed."""


@dataclass(frozen=True)
class Scene:
    """Who brings a release in, where to, and with what.

    Attributes:
        settings: The stack's.
        metrics: Where requests are counted; None where no pod answers any.
        canary: Whether a release is tried before it is rolled out.
        say: Told of the progress, one line at a time.
        show: Told of the same as events, for those who can show more than lines.
        timeout_s: How long a release may take to become healthy; an API server that is away takes nothing from it.
        by: Who does it, for the ledger.
        lock: What keeps other runs away; none outside a run.
        clock: Seconds that never go back.
        pause: Waits for so many seconds.
        now: The present, UTC.
    """

    stack: str
    cluster: Cluster
    engine: Engine
    say: Callable[[str], None]
    timeout_s: float
    by: str
    settings: Settings
    metrics: Source | None
    canary: bool = True
    target: Target = field(default_factory=Target)
    lock: Lock = field(default_factory=NoLock)
    clock: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] = time.sleep
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    show: Callable[[Event], None] = lambda _: None
