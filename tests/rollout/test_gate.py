"""What policies refuse of a release and of the engine's plan for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from infra.engine import gate
from infra.errors import PolicyViolation, PreconditionError, RezError
from infra.manifests.names import REPOSITORY
from infra.rollout import bring, deploy, rollback
from infra.rollout.phases.record import record
from infra.rollout.target import API_COMPONENT

if TYPE_CHECKING:
    from infra.rollout.scene import Scene

RENAMED = Path(__file__).parents[1] / "policies" / "fixtures" / "plan" / "forms" / "events.jsonl"
EXEMPT = """\
config:
  rez-infra:exemptions:
    - {{rule: plan-rename, resource: AdvancedCluster merchant, reason: moved, owner: oncall, expires: {day}}}
    - {{rule: plan-protect-dropped, resource: AdvancedCluster merchant, reason: moved, owner: oncall, expires: {day}}}
"""


@pytest.fixture
def production(stage: Any) -> Scene:
    stage.engine.plan = RENAMED.read_text()
    return replace(stage.scene(), stack="production")


@pytest.fixture
def stack_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(gate, "ROOT", tmp_path)
    return tmp_path / "Pulumi.production.yaml"


def planned(stage: Any, scene: Scene, version: str = "v3") -> deploy.Plan:
    return deploy.preflight(scene, version, known=stage.known, repository=REPOSITORY)


def test_deploy_that_would_cost_data_ends_with_nothing_touched(stage: Any, production: Scene) -> None:
    with pytest.raises(PolicyViolation, match="plan-rename: AdvancedCluster merchant: name is merchant") as refused:
        deploy.deploy(production, planned(stage, production))
    assert refused.value.exit_code == 4
    assert "plan-protect-dropped: AdvancedCluster merchant: protect is true and would be false" in str(refused.value)
    assert "Remedy: keep the names" in str(refused.value)
    assert stage.engine.ups == []


def test_rollback_passes_the_same_gate(stage: Any, production: Scene) -> None:
    stage.runs("v1")
    record(stage.scene(), stage.release("v1"), "deployed", "it served", started=stage.scene().now())
    stage.runs("v2")
    plan = rollback.preflight(production, "v1")
    with pytest.raises(PolicyViolation):
        rollback.rollback(production, plan)
    assert stage.engine.ups == []


def test_dry_run_tells_of_it_too(stage: Any, production: Scene) -> None:
    with pytest.raises(PolicyViolation):
        bring.judge(production, stage.release("v3"))


def test_local_stack_may_lose_what_it_likes(stage: Any, production: Scene) -> None:
    local = replace(production, stack="local")
    assert deploy.deploy(local, planned(stage, local)).outcome == "deployed"
    assert [targets for _, targets in stage.engine.ups] == [[API_COMPONENT]]


def test_exemption_in_force_lets_it_pass_and_is_told(stage: Any, production: Scene, stack_file: Path) -> None:
    stack_file.write_text(EXEMPT.format(day=datetime.now(UTC).date() + timedelta(days=9)))
    assert deploy.deploy(production, planned(stage, production)).outcome == "deployed"
    assert any("plan-rename" in line and "oncall" in line for line in stage.said)


def test_exemption_that_is_over_does_not(stage: Any, production: Scene, stack_file: Path) -> None:
    stack_file.write_text(EXEMPT.format(day="2001-12-31"))
    with pytest.raises(PolicyViolation):
        deploy.deploy(production, planned(stage, production))


def test_exemptions_that_cannot_be_read_are_refused(stage: Any, production: Scene, stack_file: Path) -> None:
    stack_file.write_text("config: [")
    with pytest.raises(PreconditionError, match=r"Pulumi\.production\.yaml: not readable"):
        deploy.deploy(production, planned(stage, production))


@pytest.mark.parametrize("plan", ["", '{"sequence":0,"preludeEvent":{}}\n{"seq'])
def test_plan_that_cannot_be_read_is_not_carried_out(stage: Any, production: Scene, plan: str) -> None:
    stage.engine.plan = plan
    with pytest.raises(RezError, match="the engine's plan: it "):
        deploy.deploy(production, planned(stage, production))
    assert stage.engine.ups == []


def test_older_release_that_the_ledger_does_not_know_is_refused_before_all_else(stage: Any, production: Scene) -> None:
    with pytest.raises(PolicyViolation, match="release-order: Release v1: version is v1, must not be older than v2"):
        planned(stage, production, "v1")
    assert planned(stage, replace(production, stack="local"), "v1").release.version == "v1"
    record(stage.scene(), stage.release("v1"), "deployed", "it served", started=stage.scene().now())
    assert planned(stage, production, "v1").release.version == "v1"
