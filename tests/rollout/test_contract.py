from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from infra.errors import PreconditionError, RollbackFailed
from infra.manifests.migration import LABEL
from infra.manifests.names import REPOSITORY
from infra.rollout import contract, deploy, ledger, rollback
from infra.rollout.ledger import Record
from infra.rollout.phases import migrate

if TYPE_CHECKING:
    from infra.manifests.release import Release
    from infra.rollout.record import Outcome
    from infra.rollout.report import Report


def record(stage: Any, version: str, outcome: Outcome) -> Record:
    return ledger.add(stage.cluster, "production", Record(version, stage.known[version], outcome, "", "T", "", ""))


def written(stage: Any, *entries: tuple[str, Outcome]) -> list[Record]:
    for version, outcome in entries:
        record(stage, version, outcome)
    return ledger.records(stage.cluster, "production")


def test_what_served_before_is_left_behind_and_what_served_since_is_not(stage: Any) -> None:
    history = written(stage, ("v1", "deployed"), ("v2", "contracting"), ("v2", "deployed"), ("v3", "deployed"))
    left = [bool(contract.past(history, stage.release(version))) for version in ("v1", "v2", "v3")]
    assert left == [True, False, False]


def test_a_release_that_served_again_since_may_come_back(stage: Any) -> None:
    history = written(stage, ("v1", "deployed"), ("v2", "contracting"), ("v1", "deployed"))
    assert contract.past(history, stage.release("v1")) is None


def test_a_contract_is_no_word_on_a_release(stage: Any) -> None:
    history = written(stage, ("v2", "deployed"), ("v2", "contracting"))
    assert ledger.good(history) == [stage.release("v2")]


@pytest.mark.parametrize("version", [None, "v1"])
def test_a_rollback_past_it_is_refused_and_told_the_way_forward(stage: Any, version: str | None) -> None:
    written(stage, ("v1", "deployed"), ("v2", "contracting"), ("v2", "deployed"))
    with pytest.raises(PreconditionError, match=r"rollback to v1: the migration of v2 .* the way forward: deploy v2"):
        rollback.preflight(stage.scene(), version)


def test_a_rollback_without_a_version_stops_before_it(stage: Any) -> None:
    written(stage, ("v1", "deployed"), ("v3", "contracting"), ("v3", "deployed"), ("v2", "deployed"))
    assert rollback.preflight(stage.scene(), None).release == stage.release("v3")


def test_a_deploy_of_what_is_left_behind_is_a_rollback_too(stage: Any) -> None:
    written(stage, ("v1", "deployed"), ("v2", "contracting"), ("v2", "deployed"))
    with pytest.raises(PreconditionError, match="way forward"):
        deploy.preflight(stage.scene(), "v1", known=stage.known, repository=REPOSITORY)
    assert stage.engine.ups == []


def contracted(stage: Any, monkeypatch: pytest.MonkeyPatch, *, behaviour: str) -> Report:
    """A deploy of v3 whose migration contracts; the Job itself is another test's."""
    stage.engine.behaviour["v3"] = behaviour
    monkeypatch.setattr(migrate, "phase", None)
    phases = [replace(each, do=_contract) if each.name == "migrate" else each for each in deploy.PHASES]
    monkeypatch.setattr(deploy, "PHASES", tuple(phases))
    scene = stage.scene()
    plan = deploy.preflight(scene, "v3", known=stage.known, repository=REPOSITORY, labels=_labels)
    assert any("no way back" in line for line in plan.lines(scene))
    return deploy.deploy(scene, plan)


def _labels(_: Release) -> dict[str, str]:
    return {LABEL: "contract"}


def _contract(run: Any) -> None:
    ledger.add(run.scene.cluster, "production", Record("v3", run.release.image, "contracting", "", "T", "", ""))


def test_a_bad_release_that_contracted_is_not_taken_back(stage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    report = contracted(stage, monkeypatch, behaviour="deployment/crashing-v3")
    assert isinstance(report.error(), RollbackFailed)
    assert "the way forward: deploy v3 or a newer version" in report.serving
    assert [release.split("=")[0] for release, _ in stage.engine.ups] == ["v3"]
    assert ledger.records(stage.cluster, "production")[-1].outcome == "failed"


def test_a_good_one_serves_and_names_no_way_back(stage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    report = contracted(stage, monkeypatch, behaviour="deployment/healthy-v3")
    assert (report.outcome, report.previous) == ("deployed", None)
    assert "rez rollback" not in "\n".join(report.lines())
