"""Takes back, by the engine, what `rez drift` found: those fields of those objects alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from infra.drift import declared, plan
from infra.engine import gate
from infra.errors import PreconditionError, RezError, RollbackFailed, RolloutTimeout
from infra.operations import drift
from infra.operations.let_go import let_go
from infra.rollout.releases import current_release
from infra.rollout.settle import settle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infra.drift.difference import Difference
    from infra.drift.report import Report
    from infra.operations.drift import Scene
    from infra.rollout.scene import Scene as Rollout


def preview(scene: Scene, report: Report) -> list[Difference]:
    """What `take_back` would take back by the engine; everything that it would refuse is refused.

    Raises:
        RezError: As `take_back`, before anything is touched.
    """
    wanted = [each for each in report.differences if each.fixable]
    if wanted:
        _refuse(scene, wanted, scene.engine.plan_back(_urns(wanted), scene.say))
    return wanted


def take_back(scene: Scene, report: Report, rollout: Rollout) -> Report:
    """Take back what can be taken back, watch the API if its pods are replaced, and compare again.

    Also of fields as declared nobody else remains a holder: the next change of them would be refused.

    Args:
        scene: Where.
        report: What was found.
        rollout: How the API is watched.

    Returns:
        What is left, with what was taken back.

    Raises:
        PreconditionError: The program changes more of these objects than what drifted; nothing was touched.
        PolicyViolation: The plan costs data; nothing was touched.
        ApiError: The API server refuses to make the engine the only holder of a field.
        RollbackFailed: The API does not come up with what is declared.
        RolloutTimeout: It has not come up yet.
        RezError: As the engine does.
    """
    wanted = [each for each in report.differences if each.fixable]
    if not wanted and not report.held:
        return report
    if wanted:
        _by_the_engine(scene, report.stack, wanted)
    let_go(scene.cluster, report.held)
    if any(each.ref.kind == "Deployment" for each in wanted):
        _watch(rollout)
    after = drift.read(scene)
    left = {(each.ref, each.path) for each in (*after.differences, *after.held)}
    done = [each for each in (*wanted, *report.held) if (each.ref, each.path) not in left]
    return replace(after, taken_back=tuple(done))


def _by_the_engine(scene: Scene, stack: str, wanted: Sequence[Difference]) -> None:
    scene.engine.recover()
    _refuse(scene, wanted, scene.engine.plan_back(_urns(wanted), lambda _: None))
    try:
        scene.engine.take_back(_urns(wanted), scene.say)
    except BaseException:
        # It has looked at the live objects first, so the state may know no longer what is gone: the program does.
        scene.say(f"not finished: `rez pulumi up --stack {stack}` creates what is still missing")
        raise


def _urns(wanted: Sequence[Difference]) -> list[str]:
    return list(dict.fromkeys(each.urn for each in wanted))


def _refuse(scene: Scene, wanted: Sequence[Difference], text: str) -> None:
    """Refuse a plan that costs data, or that brings in a change that nobody asked for here."""
    stack = declared.read(scene.engine.state(), stack=scene.engine.stack)
    gate.refuse_plan(text, stack=stack.name, say=scene.say)
    try:
        programs = plan.programs(text)
    except ValueError as error:
        raise RezError(str(error)) from None
    manifests = {each.urn: each.manifest for each in stack.objects}
    waiting = []
    for urn in _urns([each for each in wanted if each.path]):
        paths = [each.path for each in wanted if each.urn == urn]
        if urn in programs and plan.waits(manifests[urn], programs[urn], paths):
            waiting.append(str(declared.ref_of(manifests[urn])))
    if waiting:
        raise PreconditionError(
            f"{', '.join(waiting)}: the program changes more than what drifted, and that would come along: check out "
            "what was last brought in, or bring the change in with PULUMI_K8S_ENABLE_PATCH_FORCE=true"
        )


def _watch(rollout: Rollout) -> None:
    release = current_release(rollout)
    if release is None:
        return
    settled = settle(rollout, release)
    if settled.healthy:
        return
    what = f"{rollout.target.deployment} runs what is declared, but is not healthy: {settled.verdict.message}"
    raise RolloutTimeout(what) if settled.timed_out else RollbackFailed(f"{what}; page a human")
