"""A run that is killed anywhere: the next one goes on with it, or takes it back, and nothing of it is left."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from infra.errors import LockHeld, PolicyViolation
from infra.manifests.names import REPOSITORY
from infra.rollout import deploy, ledger, rollback
from infra.rollout.journal import Entry
from infra.rollout.run import Phase
from tests.rollout.conftest import Stage

if TYPE_CHECKING:
    from infra.rollout.report import Report
    from infra.rollout.run import Run
    from infra.rollout.scene import Scene

STEPS = ("preview", "canary", "up", "watch", "record", "roll back")
WRITES = ("create", "replace")


class Killed(BaseException):
    """`kill -9`: nothing that comes after it is done any more."""


def canary(run: Run) -> None:
    """Leaves a Job if it does not come to its end."""
    run.scene.cluster.create({"kind": "Job", "metadata": {"name": "canary"}})
    tidy(run.scene)


def tidy(scene: Scene) -> None:
    scene.cluster.delete("batch/v1", "Job", "canary")


@pytest.fixture(autouse=True)
def phases(monkeypatch: pytest.MonkeyPatch) -> None:
    small = Phase("canary", canary, tidy)
    with_canary = tuple(small if phase.name == small.name else phase for phase in deploy.PHASES)
    monkeypatch.setattr(deploy, "PHASES", with_canary)
    monkeypatch.setattr(rollback, "DEPLOY", with_canary)


def bring(stage: Stage, version: str) -> Report:
    scene = stage.scene()
    return deploy.deploy(scene, deploy.preflight(scene, version, known=stage.known, repository=REPOSITORY))


def back(stage: Stage, version: str | None = None) -> Report:
    scene = stage.scene()
    return rollback.rollback(scene, rollback.preflight(scene, version))


def entry(stage: Stage) -> Entry | None:
    return Entry.parse(stage.cluster.journal[-1])


def deadly(stage: Stage, after: int, *, done: bool) -> list[str]:
    """Let the process die at its write of that number, before or after it was done; gives what was written."""
    writes: list[str] = []

    def dies(target: Any, name: str) -> None:
        write = getattr(target, name)

        def counted(*args: Any, **options: Any) -> Any:
            writes.append(name)
            if len(writes) > after + done:
                raise Killed
            answer = write(*args, **options)
            if len(writes) > after:
                raise Killed
            return answer

        setattr(target, name, counted)

    for name in WRITES:
        dies(stage.cluster, name)
    dies(stage.engine, "up")
    return writes


def reborn(stage: Stage) -> None:
    for name in WRITES:
        stage.cluster.__dict__.pop(name)
    stage.engine.__dict__.pop("up")


def killed_at_every_write(behaviour: str) -> list[tuple[Stage, str]]:
    """A stage for each write of a deploy of v3, dead right before or after it, and the step it was in."""
    found = []
    for after in range(40):
        for done in (False, True):
            stage = Stage()
            stage.engine.behaviour["v3"] = behaviour
            writes = deadly(stage, after, done=done)
            try:
                bring(stage, "v3")
            except Killed:
                left = entry(stage) if stage.cluster.journal else None
                found.append((stage, left.step if left else ""))
                reborn(stage)
        if len(writes) <= after:
            return found
    raise AssertionError


def outcomes(stage: Stage) -> list[tuple[str, str]]:
    return [(each.version, each.outcome) for each in ledger.records(stage.cluster, "production")]


def is_clean(stage: Stage) -> bool:
    holder = stage.cluster.leases["rez-deploy"]["spec"].get("holderIdentity")
    return entry(stage) is None and holder is None and "canary" not in stage.cluster.config_maps


@pytest.mark.parametrize("then", ["deployed", "rolled-back"])
def test_the_same_deploy_finishes_what_was_killed_anywhere(then: str) -> None:
    steps = set()
    for stage, step in killed_at_every_write(
        "deployment/healthy-v3" if then == "deployed" else "deployment/crashing-v3"
    ):
        steps.add(step)
        report = bring(stage, "v3")
        assert report.outcome in ({"deployed", "unchanged"} if then == "deployed" else {then}), step
        assert outcomes(stage)[:2] == [("v2", "deployed"), ("v3", then)], step
        assert len(outcomes(stage)) == 2 or not step, step
        assert is_clean(stage), step
        assert stage.engine.outputs()["release"]["version"] == ("v3" if then == "deployed" else "v2")
    assert steps >= {*STEPS} - ({"roll back"} if then == "deployed" else {"record"})


def test_a_rollback_takes_back_what_was_killed_anywhere() -> None:
    for stage, step in killed_at_every_write("deployment/crashing-v3"):
        if not outcomes(stage):
            continue  # nothing was begun: the ledger is empty, and offers nothing to go back to
        report = back(stage) if step else back(stage, "v2")
        assert report.serving == "v2", step
        assert stage.engine.outputs()["release"]["version"] == "v2"
        assert is_clean(stage), step
        assert ("v3", "deployed") not in outcomes(stage)


def test_another_deploy_takes_the_place_of_what_was_killed_anywhere() -> None:
    for stage, step in killed_at_every_write("deployment/crashing-v3"):
        report = bring(stage, "v1")
        assert (report.outcome, report.previous) == ("deployed", stage.release("v2")), step
        assert is_clean(stage), step


def test_what_a_killed_run_brought_in_is_not_taken_for_proven() -> None:
    *_, (stage, _) = [each for each in killed_at_every_write("deployment/healthy-v3") if each[1] == "watch"]
    scene = stage.scene()
    plan = deploy.preflight(scene, "v1", known=stage.known, repository=REPOSITORY)
    assert (plan.previous, plan.adopt) == (stage.release("v2"), None)
    assert deploy.preflight(scene, "v3", known=stage.known, repository=REPOSITORY).done is False


def test_a_refused_deploy_leaves_what_another_had_left() -> None:
    *_, (stage, _) = [each for each in killed_at_every_write("deployment/crashing-v3") if each[1] == "watch"]
    stage.engine.failing["v1"] = [PolicyViolation("no")]
    with pytest.raises(PolicyViolation):
        bring(stage, "v1")
    left = entry(stage)
    assert left is not None
    assert (left.release.version, left.step) == ("v3", "watch")
    assert back(stage).serving == "v2"


def test_it_is_told_on_one_line() -> None:
    for stage, step in killed_at_every_write("deployment/crashing-v3"):
        if step:
            stage.said.clear()
            bring(stage, "v3")
            (line,) = [line for line in stage.said if "left half done" in line]
            assert "deploy of v3 by me@here, begun 2026-11-23T00:0" in line
            assert f"in step {step} " in line


def test_a_robbed_run_ends_where_it_is_and_writes_nothing_more(stage: Any) -> None:
    stage.engine.behaviour["v3"] = "deployment/stuck-v3"
    scene, told = stage.scene(), stage.said.append

    def say(text: str) -> None:
        told(text)
        if "1 of 3 updated" in text and stage.cluster.leases["rez-deploy"]["spec"]["leaseTransitions"] == 1:
            bring(stage, "v2")

    robbed = replace(scene, say=say)
    plan = deploy.preflight(robbed, "v3", known=stage.known, repository=REPOSITORY)
    with pytest.raises(LockHeld, match="taken over while it was silent"):
        deploy.deploy(robbed, plan)
    assert outcomes(stage)[-1] == ("v2", "deployed")
    assert [stamp.split(".")[0] for stamp in stage.engine.stamps] == ["1", "2"]
