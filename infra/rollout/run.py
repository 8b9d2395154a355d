"""One run of `rez deploy` or `rez rollback` as a list of named phases, each written down before it is done.

A phase is a function of the run, in a module of its own in `phases/`, and always has the same shape:

    def phase(run: Run) -> Settled | None

It returns None when the run is to go on, or what it found out about the release: a healthy one goes on as well, any
other ends the phases, and the caller takes the release back. What cannot be judged is raised. A phase is done again
from its beginning when a run was killed in it or lost its API server: doing it twice must come to the same as once.

What a phase makes for itself in the cluster and removes at its end (a Job, say) a run that ends otherwise leaves
behind. Such a phase has a second function, `tidy(scene)`, that removes it and minds nothing that is gone already. It
is called when a run ends badly, and by the next run after one that was killed.

What a phase creates or patches by `run.scene.cluster` shows the run's fencing token by itself. A phase that waits calls
`run.scene.lock.check()` now and then: it raises once the lock is somebody else's, and the run ends there.

To add a phase: its module, and one line in `PHASES` of `deploy.py` or `rollback.py`.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from infra.errors import Inconclusive, LockHeld, RezError, UnavailableError
from infra.rollout.journal import Action, Entry
from infra.rollout.progress import Entered, Planned
from infra.rollout.settle import Settled
from infra.rollout.verdict import State, Verdict
from infra.rollout.watch import OUTAGE_LIMIT_S
from infra.text import timestamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from infra.manifests import Manifest
    from infra.manifests.migration import Class
    from infra.manifests.release import Release
    from infra.rollout.scene import Scene
    from infra.telemetry.traffic import Traffic

SERVES = Settled(Verdict(State.HEALTHY, "complete", "it serves"))
_PAUSE_S = 2.0


@dataclass
class Run:
    """What the phases of one run read, and what they leave for the ones after them.

    Attributes:
        release: What shall run.
        previous: What ran before; None when nothing is known to have served.
        template: What the Deployment made its pods from when the run began.
        started: When it was begun; a run that goes on with a killed one was begun when that was.
        migration: What the release does to the database's schema.
        record: What the release's record says was declared for it; "" for what the settings declare.
        left: A run before it that was left half done, with the Deployment changed.
        step: The phase it is in.
        plan: What the engine is going to do, as events; "" when it was not asked yet.
        judged_s: When the engine's plan was judged, by the scene's clock; None when it was not yet.
        provided: What its pods read is there: config and Secrets.
        rolls_out: The Deployment is being changed: a bad end has to be taken back through the engine.
        served: What the release before answered beside the canary; None when nothing is known.
        settled: What was found out about the release last.
    """

    action: Action
    scene: Scene
    release: Release
    previous: Release | None
    template: Manifest
    started: datetime
    record: str = ""
    left: Entry | None = None
    migration: Class = "none"
    step: str = ""
    plan: str = ""
    judged_s: float | None = None
    provided: bool = False
    rolls_out: bool = False
    served: Traffic | None = None
    settled: Settled = SERVES
    began_s: float = field(init=False)

    def __post_init__(self) -> None:
        self.began_s = self.scene.clock()

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return self.scene.clock() - self.began_s

    def enter(self, step: str) -> None:
        """Write down what is going to be done.

        Raises:
            LockHeld: The lock is somebody else's by now.
            UnavailableError: The API server does not answer.
        """
        self.step = step
        self.scene.show(Entered(step))
        self.scene.lock.write(self.entry())

    def entry(self) -> Entry:
        """The run as the journal has it."""
        entry = Entry(
            action=self.action,
            release=self.release,
            previous=self.previous,
            step=self.step,
            since=timestamp(self.started),
            by=self.scene.by,
            rolls_out=self.rolls_out,
            left=None if self.rolls_out else self.left,
        )
        return entry if self.settled.healthy else entry.condemned(self.settled)

    @contextlib.contextmanager
    def journalled(self) -> Iterator[None]:
        """Strike the run out of the journal at its end, unless the next one has something to go on with."""
        try:
            yield
        except UnavailableError:
            raise
        except Inconclusive:
            self._strike(None if self.rolls_out else self.left)
            raise
        except (RezError, KeyboardInterrupt):
            if not self.rolls_out:
                self._strike(self.left)
            raise
        self._strike(None)

    def _strike(self, left: Entry | None) -> None:
        with contextlib.suppress(LockHeld, UnavailableError):  # the next run finds it done, and does nothing twice
            self.scene.lock.write(left)


@dataclass(frozen=True)
class Phase:
    """One step of a run.

    Attributes:
        name: As the journal and `rez status` call it.
        do: See the module's description.
        tidy: The same, for what has to be removed.
        rolls_out: From here on the Deployment may have been changed.
    """

    name: str
    do: Callable[[Run], Settled | None]
    tidy: Callable[[Scene], None] | None = None
    rolls_out: bool = False


def carry_out(run: Run, phases: Sequence[Phase]) -> Settled:
    """Go through the phases until one finds the release bad, or all are done.

    Returns:
        What was found out last.

    Raises:
        LockHeld: Somebody else took the lock over.
        UnavailableError: The API server was away for too long.
        RezError: What a phase raises.
    """
    run.scene.show(Planned(tuple(phase.name for phase in phases)))
    try:
        for phase in phases:
            run.rolls_out = run.rolls_out or phase.rolls_out
            run.settled = outlasting(run, phase) or run.settled
            if not run.settled.healthy:
                break
    except UnavailableError:
        raise
    except (RezError, KeyboardInterrupt):
        tidy(run.scene, phases)
        raise
    if not run.settled.healthy:
        tidy(run.scene, phases)
    return run.settled


def outlasting(run: Run, phase: Phase) -> Settled | None:
    """Do one phase, and do it again after the API server was away.

    Raises:
        LockHeld: Somebody else took the lock over.
        UnavailableError: The API server was away for too long.
        RezError: What the phase raises.
    """
    began_s = None
    while True:
        try:
            run.enter(phase.name)
            return phase.do(run)
        except UnavailableError as error:
            began_s = run.scene.clock() if began_s is None else began_s
            _wait(run, error, until_s=began_s + OUTAGE_LIMIT_S)
        except RezError:
            with contextlib.suppress(UnavailableError):
                run.scene.lock.confirm()  # what failed may have failed because the lock is somebody else's
            raise


def _wait(run: Run, error: UnavailableError, *, until_s: float) -> None:
    """Wait until the API server answers."""
    run.scene.say(f"{error}; waiting for it up to {OUTAGE_LIMIT_S:g} s, then {run.step} is done again")
    while True:
        run.scene.pause(_PAUSE_S)
        if run.scene.clock() > until_s:
            raise error
        try:
            return run.scene.lock.confirm()
        except UnavailableError:
            continue


def tidy(scene: Scene, phases: Sequence[Phase]) -> None:
    """Remove what the phases of a run that ended in the middle have left."""
    if scene.lock.lost.is_set():
        return  # who has the lock has done so
    for phase in phases:
        if phase.tidy is not None:
            phase.tidy(scene)
