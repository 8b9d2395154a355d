from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from infra.errors import LockHeld, PreconditionError, RolloutError
from infra.local.paths import ROOT
from infra.manifests import migration as manifests
from infra.manifests.migration import LABEL
from infra.manifests.names import REPOSITORY
from infra.manifests.pod import Mounts, pod_template
from infra.rejection import ApiError
from infra.rollout import deploy, ledger, watch
from infra.settings import load as load_settings
from tests.rollout.conftest import FakeCluster, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.rollout.report import Report


class JobCluster(FakeCluster):
    """An API server whose Jobs come to the end that is scripted."""

    def __init__(self) -> None:
        super().__init__()
        self.jobs: list[dict[str, Any]] = []
        self.created: list[dict[str, Any]] = []
        self.deleted: list[str] = []
        self.end = "Complete"
        self.conflict = False
        self.records_at_start: list[str] = []

    def create(self, manifest: dict[str, Any], *, dry_run: bool = False) -> dict[str, Any]:
        if manifest["kind"] != "Job":
            return super().create(manifest, dry_run=dry_run)
        if self.conflict:
            raise ApiError("Job: already exists", status=409, reason="AlreadyExists")
        self.records_at_start = [each["data"]["outcome"] for each in self.config_maps.values()]
        self.created.append(manifest)
        self.jobs = [ended({**manifest, "metadata": {**manifest["metadata"], "uid": "job-1"}}, self.end)]
        return self.jobs[0]

    def delete(
        self, api_version: str, kind: str, name: str, namespace: str | None = None, *, propagation: str = "Background"
    ) -> None:
        super().delete(api_version, kind, name, namespace)
        if name == manifests.NAME:
            self.deleted.append(name)
            self.jobs = []

    def get(self, api_version: str, kind: str, name: str, namespace: str | None = None) -> dict[str, Any] | None:
        return next(iter(self.jobs), None) if kind == "Job" else super().get(api_version, kind, name, namespace)

    def list_page(
        self, api_version: str, kind: str, namespace: str | None = None, *, labels: str = "", fields: str = ""
    ) -> tuple[list[dict[str, Any]], str]:
        if kind == "Job":
            return list(self.jobs), "1"
        found, version = super().list_page(api_version, kind, namespace, labels=labels, fields=fields)
        return (self._pods() if kind == "Pod" and "controller-uid" in labels else found), version

    def watch(
        self, api_version: str, kind: str, namespace: str | None = None, **given: Any
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        if kind == "Job" or (kind == "Pod" and "controller-uid" in given["labels"]):
            raise ApiError("too old resource version", status=410, reason="Expired")  # listed again at once
        yield from super().watch(api_version, kind, namespace, **given)

    def apply(self, manifest: dict[str, Any], *, force: bool = False) -> dict[str, Any]:
        return manifest

    def _pods(self) -> list[dict[str, Any]]:
        if self.end == "Complete":
            return []
        state: dict[str, Any] = {"terminated": {"exitCode": 1, "reason": "Error"}}
        if self.end == "stuck":
            state = {"waiting": {"reason": "InvalidImageName", "message": "couldn't parse image name"}}
        status = {"name": "migration", "image": "x", "state": state}
        phase = "Failed" if self.end == "Failed" else "Pending"
        return [{"metadata": {"name": "m", "uid": "m"}, "status": {"phase": phase, "containerStatuses": [status]}}]


def ended(job: dict[str, Any], end: str) -> dict[str, Any]:
    conditions = [{"type": end, "status": "True", "reason": "", "message": ""}] if end in ("Complete", "Failed") else []
    return {**job, "status": {"conditions": conditions}}


@pytest.fixture
def cluster(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> JobCluster:
    monkeypatch.setattr(watch, "TICK_S", 0.005)
    stage.cluster = stage.engine.cluster = JobCluster()
    stage.runs("v2")
    settings = load_settings("local", ROOT)
    mounts = Mounts("merchant-backend-config-1", ("db-secrets-1",))
    template = pod_template(settings, stage.release("v2"), mounts)
    stage.cluster.live["Deployment"][0]["spec"]["template"] = template
    for replica_set in stage.cluster.live["ReplicaSet"]:
        labels = template["metadata"]["labels"] | {"pod-template-hash": "1"}
        replica_set["spec"]["template"] = {**template, "metadata": {**template["metadata"], "labels": labels}}
    return stage.cluster


def run(stage: Stage, declared: str) -> Report:
    scene = stage.scene()
    labels = {LABEL: declared}
    plan = deploy.preflight(scene, "v3", known=stage.known, repository=REPOSITORY, labels=lambda _: labels)
    return deploy.deploy(scene, plan)


def outcomes(stage: Stage) -> list[str]:
    return [entry.outcome for entry in ledger.records(stage.cluster, "production") if entry.version == "v3"]


def test_the_schema_is_migrated_from_the_new_image_before_the_rollout(stage: Stage, cluster: JobCluster) -> None:
    assert run(stage, "expand").outcome == "deployed"
    (job,) = cluster.created
    assert job["spec"]["template"]["spec"]["containers"][0]["image"] == stage.known["v3"]
    assert outcomes(stage) == ["deployed"]


def test_a_release_that_needs_other_secrets_is_migrated_with_its_own(stage: Stage, cluster: JobCluster) -> None:
    template = pod_template(stage.scene().settings, stage.release("v3"), Mounts("config-1", ("db-secrets-2",)))
    deployment = {"metadata": {"name": "merchant-backend"}, "spec": {"template": template}}
    urn = "urn:pulumi:local::rez-infra::rez:api:Api$kubernetes:core/v1:Secret::db-secrets-2"
    states = [
        ("create", {"urn": urn, "type": "kubernetes:core/v1:Secret", "inputs": {"metadata": {"name": "db-secrets-2"}}}),
        ("update", {"urn": "urn", "type": "kubernetes:apps/v1:Deployment", "inputs": deployment}),
    ]
    events = [
        {"sequence": 1, "resourcePreEvent": {"metadata": {"op": op, "urn": new["urn"], "new": new}}}
        for op, new in states
    ]
    stage.engine.plan = "\n".join(json.dumps(event) for event in (*events, json.loads(stage.engine.plan)))
    assert run(stage, "expand").outcome == "deployed"
    assert [targets for _, targets in stage.engine.ups] == [[urn], ["**rez:api:Api**"]]
    (job,) = cluster.created
    assert "db-secrets-2" in json.dumps(job)
    assert "db-secrets-1" not in json.dumps(job)


def test_an_image_that_declares_none_starts_no_job(stage: Stage, cluster: JobCluster) -> None:
    assert run(stage, "none").outcome == "deployed"
    assert cluster.created == []


def test_a_failure_stops_the_deploy_with_the_log_and_touches_nothing_else(stage: Stage, cluster: JobCluster) -> None:
    cluster.end = "Failed"
    report = run(stage, "expand")
    assert type(report.error()) is RolloutError
    assert (report.reason, report.serving, stage.engine.ups) == ("migration-failed", "v2", [])
    assert any("server.js:7" in entry for entry in report.logs)
    assert (outcomes(stage), cluster.deleted) == (["rolled-back"], [])


def test_a_job_that_cannot_start_is_taken_away(stage: Stage, cluster: JobCluster) -> None:
    cluster.end = "stuck"
    report = run(stage, "expand")
    assert report.reason.startswith("migration-image")
    assert cluster.deleted == [manifests.NAME]


def test_a_contract_is_written_down_before_it_begins(stage: Stage, cluster: JobCluster) -> None:
    run(stage, "contract")
    assert cluster.records_at_start[-1] == "contracting"
    assert outcomes(stage) == ["contracting", "deployed"]


def test_a_contract_that_fails_says_that_the_schema_may_be_between(stage: Stage, cluster: JobCluster) -> None:
    cluster.end = "Failed"
    assert "half contracted" in run(stage, "contract").message


def test_the_same_migration_that_runs_already_is_waited_for(stage: Stage, cluster: JobCluster) -> None:
    job = manifests.migration(
        cluster.live["Deployment"][0]["spec"]["template"], version="v3", image=stage.known["v3"], timeout_s=600
    )
    cluster.jobs = [ended(job, "")]
    cluster.get = _then_complete(cluster)  # type: ignore[method-assign]
    assert run(stage, "expand").outcome == "deployed"
    assert cluster.created == []


def _then_complete(cluster: JobCluster) -> Any:
    get = cluster.get

    def once(api_version: str, kind: str, name: str, namespace: str | None = None) -> dict[str, Any] | None:
        found = get(api_version, kind, name, namespace)
        if kind == "Job":
            cluster.jobs = [ended(each, "Complete") for each in cluster.jobs]
        return found

    return once


def test_another_release_s_migration_is_not_run_over(stage: Stage, cluster: JobCluster) -> None:
    template = cluster.live["Deployment"][0]["spec"]["template"]
    cluster.jobs = [ended(manifests.migration(template, version="v1", image=stage.known["v1"], timeout_s=600), "")]
    with pytest.raises(LockHeld, match="the migration of v1 is still running"):
        run(stage, "expand")
    assert (cluster.created, cluster.deleted, stage.engine.ups) == ([], [], [])


def test_one_that_began_at_the_same_moment_is_not_either(stage: Stage, cluster: JobCluster) -> None:
    cluster.conflict = True
    with pytest.raises(LockHeld, match="has just begun"):
        run(stage, "expand")


def test_one_that_has_ended_makes_room(stage: Stage, cluster: JobCluster) -> None:
    template = cluster.live["Deployment"][0]["spec"]["template"]
    cluster.jobs = [
        ended(manifests.migration(template, version="v1", image=stage.known["v1"], timeout_s=600), "Failed")
    ]
    assert run(stage, "expand").outcome == "deployed"
    assert cluster.deleted == [manifests.NAME]


def test_an_unknown_class_is_refused_before_anything_is_touched(stage: Stage, cluster: JobCluster) -> None:
    with pytest.raises(PreconditionError, match=r"v3 \(.*'shrink'.*build the image anew"):
        run(stage, "shrink")
    assert (cluster.created, stage.engine.previews) == ([], [])
