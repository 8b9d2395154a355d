from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from infra.errors import (
    Inconclusive,
    LockHeld,
    PolicyViolation,
    PreconditionError,
    RezError,
    RollbackFailed,
    RolloutError,
    RolloutTimeout,
    UnavailableError,
)
from infra.manifests.names import REPOSITORY
from infra.rollout import deploy, ledger

if TYPE_CHECKING:
    from infra.rollout.report import Report


def run(stage: Any, version: str, timeout_s: float = 600) -> Report:
    scene = stage.scene(timeout_s)
    return deploy.deploy(scene, deploy.preflight(scene, version, known=stage.known, repository=REPOSITORY))


def outcomes(stage: Any) -> list[tuple[str, str]]:
    return [(entry.version, entry.outcome) for entry in ledger.records(stage.cluster, "production")]


def versions(stage: Any) -> list[str]:
    return [release.split("=")[0] for release, _ in stage.engine.ups]


def test_a_good_release_is_deployed_and_recorded(stage: Any) -> None:
    report = run(stage, "v3")
    assert (report.outcome, report.serving, report.error()) == ("deployed", "v3", None)
    assert stage.engine.ups == [(f"v3={stage.known['v3']}", ["**rez:api:Api**"])]
    assert outcomes(stage) == [("v2", "deployed"), ("v3", "deployed")]


def test_a_crashing_release_is_rolled_back_with_its_log(stage: Any) -> None:
    stage.engine.behaviour["v3"] = "deployment/crashing-v3"
    report = run(stage, "v3")
    assert isinstance(report.error(), RolloutError)
    assert (report.error().exit_code, report.reason, report.serving) == (10, "crash-loop", "v2")  # type: ignore[union-attr]
    assert any("server.js:7" in entry for entry in report.logs)
    assert versions(stage) == ["v3", "v2"]
    assert outcomes(stage) == [("v2", "deployed"), ("v3", "rolled-back")]
    assert stage.engine.outputs()["release"]["version"] == "v2"


def test_a_release_that_runs_already_is_left_alone(stage: Any) -> None:
    report = run(stage, "v2")
    assert (report.outcome, report.error(), stage.engine.ups) == ("unchanged", None, [])


def test_an_unfinished_release_is_watched_to_its_end(stage: Any) -> None:
    run(stage, "v2")
    stage.engine.behaviour["v3"] = "deployment/old-pods-left"
    stage.runs("v3")
    stage.engine.behaviour["v3"] = "deployment/crashing-v3"
    report = run(stage, "v3")
    assert (report.outcome, versions(stage)) == ("rolled-back", ["v3", "v2"])


def test_a_deploy_goes_on_after_an_outage_in_the_engine(stage: Any) -> None:
    stage.engine.failing["v3"] = [UnavailableError("cluster unavailable")]
    assert run(stage, "v3").outcome == "deployed"
    assert any("waiting for it up to 90 s, then up is done again" in line for line in stage.said)


def test_a_long_outage_in_the_engine_leaves_a_deploy_that_the_next_run_finishes(stage: Any) -> None:
    stage.engine.failing["v3"] = [stage.outage()]
    with pytest.raises(UnavailableError):
        run(stage, "v3")
    stage.cluster.away = False
    assert run(stage, "v3").outcome == "deployed"
    assert any("step up was left half done: going on with it" in line for line in stage.said)


def test_a_long_outage_in_the_rollback_names_the_way_on_and_the_next_run_goes_it(stage: Any) -> None:
    stage.engine.behaviour["v3"] = "deployment/crashing-v3"
    stage.engine.failing["v2"] = [stage.outage()]
    with pytest.raises(UnavailableError, match="rez rollback v2 --stack local"):
        run(stage, "v3")
    stage.cluster.away = False
    report = run(stage, "v3")
    assert (report.outcome, report.reason) == ("rolled-back", "crash-loop")
    assert versions(stage) == ["v3", "v2", "v2"]
    assert outcomes(stage)[-1] == ("v3", "rolled-back")


def test_an_outage_before_the_record_is_made_good_by_the_next_run(stage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    run(stage, "v2")
    with monkeypatch.context() as patch:
        patch.setattr(ledger, "add", _away)
        with pytest.raises(UnavailableError):
            run(stage, "v3")
    assert run(stage, "v3").outcome == "deployed"
    assert outcomes(stage)[-1] == ("v3", "deployed")


def test_a_release_without_a_verdict_is_rolled_back_at_the_deadline(stage: Any) -> None:
    stage.engine.behaviour["v3"] = "deployment/stuck-v3"
    report = run(stage, "v3", timeout_s=5)
    assert isinstance(report.error(), RolloutTimeout)
    assert (report.reason, report.serving) == ("timeout", "v2")


def test_a_rollback_that_fails_pages_a_human(stage: Any) -> None:
    stage.engine.behaviour |= {"v3": "deployment/crashing-v3", "v2": "deployment/healthy-v2"}
    stage.engine.failing["v2"] = [RezError("Forbidden")]
    report = run(stage, "v3")
    assert isinstance(report.error(), RollbackFailed)
    assert "Forbidden" in str(report.error())
    assert outcomes(stage)[-1] == ("v3", "failed")


def test_the_first_deploy_says_that_there_is_no_way_back(stage: Any) -> None:
    stage.engine.state = {"namespace": "production"}
    stage.engine.behaviour["v3"] = "deployment/crashing-v3"
    report = run(stage, "v3")
    assert isinstance(report.error(), RollbackFailed)
    assert "no earlier release" in report.serving
    assert any("cannot be rolled back" in line for line in stage.said)


def test_a_stack_without_state_is_refused(stage: Any) -> None:
    stage.engine.state = {}
    with pytest.raises(PreconditionError, match="rez local up"):
        run(stage, "v3")


@pytest.mark.parametrize("failure", [PolicyViolation("no"), LockHeld("busy")])
def test_a_refused_engine_touches_nothing(stage: Any, failure: RezError) -> None:
    stage.engine.failing["v3"] = [failure]
    with pytest.raises(type(failure)):
        run(stage, "v3")
    assert versions(stage) == ["v3"]


def test_a_rejected_manifest_leaves_what_served(stage: Any, engine_failure: RezError) -> None:
    stage.engine.failing["v3"] = [engine_failure]
    with pytest.raises(RezError) as failure:
        run(stage, "v3")
    assert failure.value is engine_failure
    assert "v3 was not rolled out" in stage.said[-1]
    assert versions(stage) == ["v3"]
    assert outcomes(stage) == [("v2", "deployed")]


def test_a_failure_that_touched_nothing_leaves_an_earlier_release_good(stage: Any, engine_failure: RezError) -> None:
    run(stage, "v3")
    stage.engine.failing["v2"] = [engine_failure]
    with pytest.raises(RezError):
        run(stage, "v2")
    assert stage.release("v2") in ledger.good(ledger.records(stage.cluster, "production"))


def test_a_repeated_deploy_that_fails_does_not_roll_back_what_already_ran(stage: Any) -> None:
    run(stage, "v3")
    stage.cluster.live["Deployment"][0]["status"]["availableReplicas"] = 2  # the autoscaler has just added a pod
    stage.engine.failing["v3"] = [RezError("the credential has expired")]
    with pytest.raises(RezError, match="credential"):
        run(stage, "v3")
    assert versions(stage) == ["v3", "v3"]
    assert outcomes(stage)[-1] == ("v3", "deployed")


def test_an_engine_that_fails_after_the_deployment_was_changed_is_rolled_back(
    stage: Any, engine_failure: RezError
) -> None:
    stage.engine.failing_halfway["v3"] = [engine_failure]
    report = run(stage, "v3")
    assert (report.outcome, report.reason, report.serving) == ("rolled-back", "engine-failed", "v2")


def test_an_outage_does_not_use_up_the_time_a_release_has(stage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.engine.behaviour["v3"] = "deployment/stuck-v3"
    told = stage.said.append

    def say(text: str) -> None:
        told(text)
        if "1 of 3 updated" in text:
            stage.cluster.away = True
        elif "waiting up to" in text:
            stage._time += 80
            stage.cluster.away = False
        elif "answers again" in text:
            stage.cluster.show("deployment/healthy-v3")

    scene = replace(stage.scene(timeout_s=60), say=say)
    stage.step_s = 0.01
    plan = deploy.preflight(scene, "v3", known=stage.known, repository=REPOSITORY)
    assert deploy.deploy(scene, plan).outcome == "deployed"
    assert any("answers again" in text for text in stage.said)


def test_somebody_elses_change_is_not_rolled_back(stage: Any) -> None:
    stage.engine.behaviour["v3"] = "deployment/healthy-v1"
    with pytest.raises(Inconclusive, match="somebody else"):
        run(stage, "v3")
    assert versions(stage) == ["v3"]
    assert outcomes(stage) == [("v2", "deployed")]


def test_somebody_elses_change_during_the_way_back_is_left_alone(stage: Any) -> None:
    stage.engine.behaviour |= {"v3": "deployment/crashing-v3", "v2": "deployment/healthy-v1"}
    stage.cluster.show("deployment/healthy-v2")
    with pytest.raises(Inconclusive, match="somebody else"):
        run(stage, "v3")
    assert outcomes(stage)[-1] == ("v3", "failed")


def test_an_interrupt_says_how_to_go_on(stage: Any) -> None:
    stage.engine.failing["v3"] = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        run(stage, "v3")
    assert "rez deploy v3 --stack local" in stage.said[-1]


def test_a_plan_is_made_without_a_write(stage: Any) -> None:
    scene = stage.scene()
    plan = deploy.preflight(scene, "v3", known=stage.known, repository=REPOSITORY)
    assert not stage.engine.ups
    assert not stage.cluster.config_maps
    assert "  if bad:  roll back to v2" in plan.lines(scene)


def test_a_report_is_one_object(stage: Any) -> None:
    report = run(stage, "v3").as_json()
    assert report["release"]["version"] == "v3"
    assert report["previous"]["version"] == "v2"


def _away(*_: Any, **__: Any) -> None:
    raise UnavailableError("cluster unavailable")
