from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from infra.errors import PolicyViolation, PreconditionError, RollbackFailed
from infra.manifests.names import REPOSITORY, STAMP
from infra.rollout import deploy, hatch, ledger, rollback
from tests.rollout.conftest import FakeCluster, Stage

if TYPE_CHECKING:
    from infra.rollout.report import Report
    from infra.rollout.scene import Scene


class ApplyingCluster(FakeCluster):
    """An API server that makes of an applied Deployment what is scripted."""

    def __init__(self) -> None:
        super().__init__()
        self.applied: list[tuple[dict[str, Any], bool]] = []
        self.then = "deployment/healthy-v2"

    def apply(self, manifest: dict[str, Any], *, force: bool = False) -> dict[str, Any]:
        self.applied.append((manifest, force))
        if manifest["kind"] == "Deployment":
            self.show(self.then)
        return manifest


class NoEngine:
    """An engine that must not be asked."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"the engine was asked for {name}")


@pytest.fixture
def cluster(stage: Stage) -> ApplyingCluster:
    """v3 runs, and the ledger knows v2 and v3."""
    cluster = ApplyingCluster()
    stage.cluster = stage.engine.cluster = cluster
    stage.runs("v2")
    scene = stage.scene()
    deploy.deploy(scene, deploy.preflight(scene, "v3", known=stage.known, repository=REPOSITORY))
    volume = {"name": "secrets", "projected": {"sources": [{"secret": {"name": "db-secrets-today"}}]}}
    live = cluster.live["Deployment"][0]
    live["spec"]["template"]["spec"]["volumes"] = [volume]
    live["metadata"]["annotations"] = {STAMP: "1.7"}
    return cluster


def acting(stage: Stage) -> Scene:
    return replace(stage.scene(), engine=NoEngine())


def run(stage: Stage, version: str | None = None) -> Report:
    scene = acting(stage)
    return hatch.rollback(scene, hatch.preflight(scene, version))


def test_the_last_good_release_comes_back_and_the_engine_is_not_asked(stage: Stage, cluster: ApplyingCluster) -> None:
    report = run(stage)
    assert (report.outcome, report.serving, report.error()) == ("deployed", "v2", None)
    (config, _), (deployment, force) = cluster.applied
    assert config["data"] == stage.engine.settings
    assert deployment["spec"]["template"]["spec"]["containers"][0]["image"] == stage.known["v2"]
    assert force


def test_the_engine_s_own_token_stays_so_that_it_can_write_again(stage: Stage, cluster: ApplyingCluster) -> None:
    run(stage)
    assert cluster.applied[-1][0]["metadata"]["annotations"][STAMP] == "1.7"


def test_secrets_are_those_that_serve() -> None:
    sources = [{"secret": {"name": "a"}}, {"secret": {"name": "b"}}]
    volumes = [{"name": "tmp", "emptyDir": {}}, {"name": "secrets", "projected": {"sources": sources}}]
    assert hatch.apply.secrets({"spec": {"volumes": volumes}}) == ("a", "b")


def test_the_ledger_has_it_with_what_was_declared_and_the_way_back_is_told(
    stage: Stage, cluster: ApplyingCluster
) -> None:
    before = ledger.records(cluster, "production")[0].rendered
    run(stage)
    left_out, back = ledger.records(cluster, "production")[-2:]
    assert (left_out.version, left_out.outcome) == ("v3", "rolled-back")
    assert (back.version, back.outcome, back.reason) == ("v2", "deployed", "rollback by the escape hatch")
    assert back.rendered == before
    assert any("rez rollback v2 --stack local" in line for line in stage.said)


def test_the_engine_can_follow(stage: Stage, cluster: ApplyingCluster) -> None:
    run(stage)
    scene = stage.scene()
    plan = rollback.preflight(scene, "v2")
    assert not plan.done
    assert rollback.rollback(scene, plan).outcome == "deployed"
    assert stage.engine.outputs()["release"]["version"] == "v2"


def test_a_release_that_does_not_come_back_pages_a_human(stage: Stage, cluster: ApplyingCluster) -> None:
    cluster.then = "deployment/stuck-v3"
    scene = replace(acting(stage), timeout_s=5)
    report = hatch.rollback(scene, hatch.preflight(scene, "v3"))
    assert isinstance(report.error(), RollbackFailed)
    assert ledger.records(cluster, "production")[-1].outcome == "failed"


def test_without_a_deployment_there_is_nothing_to_apply(stage: Stage, cluster: ApplyingCluster) -> None:
    cluster.live["Deployment"] = []
    with pytest.raises(PreconditionError, match="this makes none"):
        run(stage)


def test_a_record_that_holds_nothing_or_was_changed_is_refused(stage: Stage, cluster: ApplyingCluster) -> None:
    ledger.add(cluster, "production", ledger.Record("v1", stage.known["v1"], "deployed", "", "", "", ""))
    with pytest.raises(PreconditionError, match="does not hold what was declared"):
        run(stage, "v1")
    next(iter(cluster.config_maps.values()))["data"]["reason"] = "changed"
    with pytest.raises(PolicyViolation, match="changed after it was written"):
        run(stage, "v2")
    assert cluster.applied == []


def test_the_plan_says_what_is_left_out(stage: Stage, cluster: ApplyingCluster) -> None:
    scene = acting(stage)
    lines = "\n".join(hatch.preflight(scene, None).lines(scene))
    assert "from v3 to v2 on local, past the engine" in lines
    assert "server-side apply as rez-infra" in lines
    assert cluster.applied == []
