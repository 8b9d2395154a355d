"""The engine's plan for the release, judged by the policies before anything is touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.rollout import bring

if TYPE_CHECKING:
    from infra.rollout.run import Run

KEPT_S = 60.0
"""A plan that is older is made and judged once more: the stack may have changed since."""


def phase(run: Run) -> None:
    """Refuse a plan that costs data or breaks a rule.

    Raises:
        PolicyViolation: Nothing was touched.
    """
    run.scene.engine.recover()  # what a killed engine left would show as a plan
    run.plan = bring.judge(run.scene, run.release, record=run.record).plan
    run.judged_s = run.scene.clock()


def is_stale(run: Run) -> bool:
    """Whether the plan has to be judged once more before it is carried out."""
    return run.judged_s is None or run.scene.clock() - run.judged_s > KEPT_S
