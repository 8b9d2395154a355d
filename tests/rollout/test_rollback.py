from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from infra.errors import LockHeld, PolicyViolation, PreconditionError, RezError, RollbackFailed, UnavailableError
from infra.manifests.names import REPOSITORY
from infra.rollout import deploy, ledger, rollback

if TYPE_CHECKING:
    from infra.rollout.report import Report


def brought(stage: Any, version: str) -> None:
    scene = stage.scene()
    deploy.deploy(scene, deploy.preflight(scene, version, known=stage.known, repository=REPOSITORY))


def run(stage: Any, version: str | None = None) -> Report:
    scene = stage.scene()
    return rollback.rollback(scene, rollback.preflight(scene, version))


def test_without_a_version_it_is_the_last_good_one(stage: Any) -> None:
    brought(stage, "v3")
    report = run(stage)
    assert (report.outcome, report.serving, report.error()) == ("deployed", "v2", None)


def test_twice_goes_further_back_and_not_forth(stage: Any) -> None:
    stage.runs("v1")
    for version in ("v2", "v3"):
        brought(stage, version)
    assert [run(stage).serving, run(stage).serving] == ["v2", "v1"]
    assert ledger.good(ledger.records(stage.cluster, "production")) == [stage.release("v1")]


def test_a_named_version_must_have_served(stage: Any) -> None:
    brought(stage, "v3")
    assert run(stage, "v2").serving == "v2"
    with pytest.raises(PreconditionError, match="known good releases: v2"):
        run(stage, "v1")


def test_an_empty_ledger_offers_nothing(stage: Any) -> None:
    with pytest.raises(PreconditionError, match="known good releases: none"):
        run(stage)


def test_a_release_that_does_not_come_back_pages_a_human(stage: Any) -> None:
    brought(stage, "v3")
    stage.engine.behaviour["v2"] = "deployment/crashing-v3"
    stage.known["v2"] = stage.known["v3"]
    ledger.add(stage.cluster, "production", ledger.Record("v2", stage.known["v3"], "deployed", "", "", "", ""))
    report = run(stage, "v2")
    assert isinstance(report.error(), RollbackFailed)


def test_an_engine_that_touched_nothing_keeps_its_own_code_while_the_api_serves(stage: Any) -> None:
    brought(stage, "v3")
    failure = PreconditionError("pulumi is neither on PATH nor built")
    stage.engine.failing["v2"] = [failure]
    with pytest.raises(PreconditionError) as raised:
        run(stage, "v2")
    assert raised.value is failure
    assert "nothing was changed" in stage.said[-1]
    assert run(stage, "v2").serving == "v2"


def test_an_engine_that_fails_halfway_pages_a_human(stage: Any, engine_failure: RezError) -> None:
    brought(stage, "v3")
    stage.engine.failing_halfway["v2"] = [engine_failure]
    report = run(stage, "v2")
    assert isinstance(report.error(), RollbackFailed)
    assert "Invalid value" in report.message
    assert stage.release("v2") in ledger.good(ledger.records(stage.cluster, "production"))


def test_an_engine_that_fails_while_the_api_is_down_pages_a_human(stage: Any, engine_failure: RezError) -> None:
    brought(stage, "v3")
    stage.cluster.live["Deployment"][0]["status"].update(
        availableReplicas=0, conditions=[{"type": "Available", "status": "False"}]
    )
    stage.engine.failing["v2"] = [engine_failure]
    assert isinstance(run(stage, "v2").error(), RollbackFailed)


@pytest.mark.parametrize("failure", [PolicyViolation("no"), LockHeld("busy")])
def test_a_refused_engine_keeps_its_own_code(stage: Any, failure: RezError) -> None:
    brought(stage, "v3")
    stage.engine.failing["v2"] = [failure]
    with pytest.raises(type(failure)):
        run(stage, "v2")


def test_what_serves_already_is_left_alone(stage: Any) -> None:
    brought(stage, "v3")
    ups = len(stage.engine.ups)
    assert run(stage, "v3").outcome == "unchanged"
    assert len(stage.engine.ups) == ups


def test_a_release_comes_back_as_it_was_recorded_and_not_as_the_settings_say_now(stage: Any) -> None:
    brought(stage, "v3")  # which records v2 as it runs
    before = ledger.records(stage.cluster, "production")[0].rendered
    stage.engine.settings = {"MONGODB_MAX_POOL_SIZE": "5"}
    brought(stage, "v1")
    scene = stage.scene()
    plan = rollback.preflight(scene, "v2")
    assert plan.record.rendered == before
    assert 'config.MONGODB_MAX_POOL_SIZE: "50" instead of "5"' in plan.differs
    assert any("differs: config.MONGODB_MAX_POOL_SIZE" in line for line in plan.lines(scene))
    rollback.rollback(scene, plan)
    assert stage.engine.records[-1] == before
    assert ledger.records(stage.cluster, "production")[-1].rendered == before


def test_what_a_bad_deploy_takes_back_is_as_it_ran(stage: Any) -> None:
    before = stage.engine.made
    stage.engine.settings = {"MONGODB_MAX_POOL_SIZE": "5"}
    stage.engine.behaviour["v3"] = "deployment/crashing-v3"
    brought(stage, "v3")
    assert stage.engine.records == ["", before]
    assert stage.engine.made == before


def test_a_release_whose_settings_changed_since_it_was_deployed_is_recorded_anew(stage: Any) -> None:
    brought(stage, "v3")
    stage.engine.settings = {"MONGODB_MAX_POOL_SIZE": "5"}
    stage.runs("v3")  # as a plain update leaves it
    brought(stage, "v1")
    assert [(entry.version, entry.reason) for entry in ledger.records(stage.cluster, "production")][-2] == (
        "v3",
        "found serving",
    )


def test_the_same_release_as_it_was_before_is_another_thing_to_go_back_to(stage: Any) -> None:
    brought(stage, "v3")
    stage.engine.settings = {"MONGODB_MAX_POOL_SIZE": "5"}
    stage.runs("v3")
    assert run(stage, "v3").outcome == "deployed"
    assert '"50"' in stage.engine.made


def test_after_a_rollback_a_deploy_of_the_same_version_goes_by_the_settings_again(stage: Any) -> None:
    brought(stage, "v3")
    run(stage, "v2")
    brought(stage, "v2")
    assert stage.engine.records[-1] == ""
    assert len(stage.engine.ups) == 3


def test_a_record_that_was_changed_is_not_run(stage: Any) -> None:
    brought(stage, "v3")
    data = stage.cluster.config_maps["release-000001"]["data"]
    data["rendered"] = data["rendered"].replace('"50"', '"51"')
    with pytest.raises(PolicyViolation, match="was changed after it was written"):
        run(stage, "v2")
    assert len(stage.engine.ups) == 1


def test_a_record_from_before_there_were_templates_goes_by_the_settings_and_says_so(stage: Any) -> None:
    ledger.add(stage.cluster, "production", ledger.Record("v1", stage.known["v1"], "deployed", "", "", "", ""))
    scene = stage.scene()
    plan = rollback.preflight(scene, "v1")
    assert any("as in:   the settings" in line for line in plan.lines(scene))
    rollback.rollback(scene, plan)
    assert stage.engine.records == [""]


def test_a_state_that_cannot_be_read_costs_the_record_its_template_and_not_the_deploy(
    stage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = stage.scene()
    plan = deploy.preflight(scene, "v3", known=stage.known, repository=REPOSITORY)

    def away() -> str:
        raise UnavailableError("the bucket does not answer")

    monkeypatch.setattr(stage.engine, "rendered", away)
    assert deploy.deploy(scene, plan).outcome == "deployed"
    assert ledger.records(stage.cluster, "production")[-1].rendered == ""
    assert any("does not say what was declared" in said for said in stage.said)
