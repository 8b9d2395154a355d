"""One run of `rez deploy` or `rez rollback` as a list of named phases, each written down before it is done.

A phase is a function of the run, in a module of its own in `phases/`, and always has the same shape:

    def phase(run: Run) -> Settled | None

It returns None when the run is to go on, or what it found out about the release: a healthy one goes on as well, any
other ends the phases, and the caller takes the release back. What cannot be judged is raised. A phase is done again
from its beginning when a run was killed in it or lost its API server: doing it twice must come to the same as once.

What a phase makes for itself in the cluster and removes at its end (a Job, say) a run that ends otherwise leaves
behind. Such a phase has a second function, `tidy(scene)`, that removes it and minds nothing that is gone already. It
is called when a run ends badly, and by the next run after one that was killed.

To add a phase: its module, and one line in `PHASES` of `deploy.py` or `rollback.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from infra.errors import RezError, UnavailableError
from infra.rollout.progress import Entered, Planned
from infra.rollout.settle import Settled
from infra.rollout.verdict import State, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from infra.manifests import Manifest
    from infra.manifests.release import Release
    from infra.rollout.scene import Scene
    from infra.telemetry.traffic import Traffic

SERVES = Settled(Verdict(State.HEALTHY, "complete", "it serves"))


@dataclass
class Run:
    """What the phases of one run read, and what they leave for the ones after them.

    Attributes:
        release: What shall run.
        previous: What ran before; None when nothing is known to have served.
        template: What the Deployment made its pods from when the run began.
        started: When that was.
        record: What the release's record says was declared for it; "" for what the settings declare.
        step: The phase it is in.
        plan: What the engine is going to do, as events; "" when it was not asked yet.
        judged_s: When the engine's plan was judged, by the scene's clock; None when it was not yet.
        rolls_out: The Deployment is being changed: a bad end has to be taken back through the engine.
        served: What the release before answered beside the canary; None when nothing is known.
        settled: What was found out about the release last.
    """

    action: Literal["deploy", "rollback"]
    scene: Scene
    release: Release
    previous: Release | None
    template: Manifest
    started: datetime
    record: str = ""
    step: str = ""
    plan: str = ""
    judged_s: float | None = None
    rolls_out: bool = False
    served: Traffic | None = None
    settled: Settled = SERVES

    def enter(self, step: str) -> None:
        """Write down what is going to be done."""
        self.step = step
        self.scene.show(Entered(step))


@dataclass(frozen=True)
class Phase:
    """One step of a run.

    Attributes:
        name: As the journal and `rez status` call it.
        do: See the module's description.
        tidy: The same, for what has to be removed.
    """

    name: str
    do: Callable[[Run], Settled | None]
    tidy: Callable[[Scene], None] | None = None


def carry_out(run: Run, phases: Sequence[Phase]) -> Settled:
    """Go through the phases until one finds the release bad, or all are done.

    Returns:
        What was found out last.

    Raises:
        RezError: What a phase raises.
    """
    run.scene.show(Planned(tuple(phase.name for phase in phases)))
    try:
        for phase in phases:
            run.enter(phase.name)
            run.settled = phase.do(run) or run.settled
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


def tidy(scene: Scene, phases: Sequence[Phase]) -> None:
    """Remove what the phases of a run that ended in the middle have left."""
    for phase in phases:
        if phase.tidy is not None:
            phase.tidy(scene)
