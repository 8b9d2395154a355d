from __future__ import annotations

import copy
import json
import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from infra.errors import Inconclusive, UnavailableError
from infra.manifests import canary as manifests
from infra.manifests.names import REPOSITORY
from infra.rejection import ApiError
from infra.rollout import deploy, watch
from infra.telemetry.source import Reading, Totals
from infra.telemetry.traffic import Traffic
from tests.rollout.conftest import FIXTURES, FakeCluster, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.rollout.report import Report
    from infra.rollout.scene import Scene

JOB = manifests.NAME


class CanaryCluster(FakeCluster):
    """An API server that makes a Job's pod as it is scripted to be."""

    def __init__(self) -> None:
        super().__init__()
        self.jobs: list[dict[str, Any]] = []
        self.deleted: list[str] = []
        self.patches: list[tuple[str, str, dict[str, Any]]] = []
        self.applied: list[str] = []
        self.pods = ["ready"]
        self.health: tuple[int, str] | Exception = (200, "{}")
        self.canary: list[dict[str, Any]] = []

    def create(self, manifest: dict[str, Any], *, dry_run: bool = False) -> dict[str, Any]:
        if manifest["kind"] != "Job":
            return super().create(manifest, dry_run=dry_run)
        self.jobs.append(manifest)
        self.canary = _pod(self.pods.pop(0) if len(self.pods) > 1 else self.pods[0], f"{JOB}-{len(self.jobs)}")
        return {**manifest, "metadata": {**manifest["metadata"], "uid": f"job-{len(self.jobs)}"}}

    def delete(
        self, api_version: str, kind: str, name: str, namespace: str | None = None, *, propagation: str = "Background"
    ) -> None:
        super().delete(api_version, kind, name, namespace)
        if kind == "Job":
            self.deleted.append(name)
            self.canary = []

    def list_page(
        self, api_version: str, kind: str, namespace: str | None = None, *, labels: str = "", fields: str = ""
    ) -> tuple[list[dict[str, Any]], str]:
        found, version = super().list_page(api_version, kind, namespace, labels=labels, fields=fields)
        return (copy.deepcopy(self.canary) if kind == "Pod" and "controller-uid" in labels else found), version

    def watch(
        self, api_version: str, kind: str, namespace: str | None = None, **given: Any
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        if kind == "Pod" and "controller-uid" in given["labels"]:
            raise ApiError("too old resource version", status=410, reason="Expired")  # listed again at once
        yield from super().watch(api_version, kind, namespace, **given)

    def apply(self, manifest: dict[str, Any], *, force: bool = False) -> dict[str, Any]:
        self.applied.append(manifest["metadata"]["name"])
        return manifest

    def patch(self, api_version: str, kind: str, name: str, namespace: str, change: dict[str, Any]) -> dict[str, Any]:
        self.patches.append((kind, name, change))
        return {}

    def ask_pod(self, namespace: str, pod: str, port: int, path: str, *, timeout_s: float = 5.0) -> tuple[int, str]:
        if isinstance(self.health, Exception):
            raise self.health
        return self.health


def _pod(how: str, name: str) -> list[dict[str, Any]]:
    if how == "none":
        return []
    pod = json.loads((FIXTURES / "deployment/healthy-v2.json").read_text())["pods"][0]
    pod["metadata"] |= {"name": name, "uid": name, "labels": {"track": "canary"}}
    container = pod["status"]["containerStatuses"][0]
    ended = {"exitCode": 1, "reason": "Error", "message": "TypeError: paymentProvider"}
    if how == "crashed":
        pod["status"]["phase"] = "Failed"
        container |= {"ready": False, "state": {"terminated": ended}}
    if how == "killed":
        pod["status"]["phase"] = "Failed"
        container |= {"ready": False, "state": {"terminated": {"exitCode": 137, "reason": "OOMKilled"}}}
    if how == "evicted":
        pod["status"] |= {"phase": "Failed", "conditions": [_condition("DisruptionTarget", "TerminationByKubelet")]}
    if how == "misconfigured":
        waiting = {"reason": "InvalidImageName", "message": "couldn't parse image name"}
        container |= {"ready": False, "started": False, "state": {"waiting": waiting}}
        pod["status"]["conditions"] = []
    return [pod]


def _condition(kind: str, reason: str) -> dict[str, str]:
    return {"type": kind, "status": "True", "reason": reason, "message": "the node was low on resource: memory"}


class Metrics:
    """Pods that answer so many requests between two readings; by the release, so many of 100 fail."""

    def __init__(self, requests: int = 20, canary_percent: int = 0, stable_percent: int = 0) -> None:
        self.requests = requests
        self.percent = {True: canary_percent, False: stable_percent}
        self.readings: dict[str, int] = {}
        self.unknown: tuple[str, ...] = ()

    def read(self, pods: list[str]) -> Reading:
        known = [pod for pod in pods if not pod.startswith(self.unknown or ("?",))]
        return Reading({pod: self._totals(pod) for pod in known}, tuple(f"Pod/{pod}: HTTP 404" for pod in self.unknown))

    def _totals(self, pod: str) -> Totals:
        count = self.requests * self.readings.setdefault(pod, 0)
        self.readings[pod] += 1
        errors = count * self.percent[JOB in pod] // 100
        return Totals(Traffic(count, errors, {0.3: count, 0.5: count, 1.0: count, math.inf: count}), began=1.0)


@pytest.fixture
def cluster(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> CanaryCluster:
    monkeypatch.setattr(watch, "TICK_S", 0.005)
    stage.cluster = stage.engine.cluster = CanaryCluster()
    stage.step_s = 0.2
    stage.runs("v2")
    return stage.cluster


def scene(stage: Stage, metrics: Any, on_inconclusive: str = "promote") -> Scene:
    acting = stage.scene()
    canary = acting.settings.canary.model_copy(update={"on_inconclusive": on_inconclusive})
    return replace(acting, metrics=metrics, settings=acting.settings.model_copy(update={"canary": canary}))


def run(stage: Stage, acting: Scene) -> Report:
    return deploy.deploy(acting, deploy.preflight(acting, "v3", known=stage.known, repository=REPOSITORY))


def versions(stage: Stage) -> list[str]:
    return [str(release).split("=", maxsplit=1)[0] for release, _ in stage.engine.ups]


def said(stage: Stage, text: str) -> bool:
    return any(text in line for line in stage.said)


def test_a_good_canary_is_followed_by_the_rollout(stage: Stage, cluster: CanaryCluster) -> None:
    report = run(stage, scene(stage, Metrics()))
    assert (report.outcome, versions(stage)) == ("deployed", ["v3"])
    assert cluster.deleted[-1] == JOB
    assert said(stage, "in traffic, 1 of 4 ready pods: 25% of new connections")


def test_it_gets_traffic_only_after_kubernetes_knows_when_to_end_it(stage: Stage, cluster: CanaryCluster) -> None:
    run(stage, scene(stage, Metrics()))
    (job,) = cluster.jobs
    assert "app" not in job["spec"]["template"]["metadata"]["labels"]
    assert [(kind, name) for kind, name, _ in cluster.patches] == [("Job", JOB), ("Pod", f"{JOB}-1")]
    deadline, label = (change for _, _, change in cluster.patches)
    assert 25 <= deadline["spec"]["activeDeadlineSeconds"] < 60
    assert label["metadata"]["labels"] == {"app": "merchant-backend"}
    tokens = [change["metadata"]["annotations"]["rez.dev/fencing-token"] for change in (deadline, label)]
    assert [token.split(".")[0] for token in tokens] == ["1", "1"]


def test_a_canary_that_errs_touches_nothing_and_says_why(stage: Stage, cluster: CanaryCluster) -> None:
    report = run(stage, scene(stage, Metrics(canary_percent=20)))
    assert report.error().exit_code == 10  # type: ignore[union-attr]
    assert (report.reason, report.serving, versions(stage)) == ("error-rate", "v2", [])
    assert "20.00%" in report.message
    assert any("server.js:7" in line for line in report.logs)
    assert cluster.deleted[-1] == JOB


def test_the_same_trouble_in_all_pods_is_not_the_canarys(stage: Stage, cluster: CanaryCluster) -> None:
    with pytest.raises(Inconclusive, match="all-unwell"):
        run(stage, scene(stage, Metrics(canary_percent=20, stable_percent=20), "abort"))
    assert (versions(stage), cluster.deleted[-1]) == ([], JOB)


def test_low_traffic_is_neither_good_nor_bad(stage: Stage, cluster: CanaryCluster) -> None:
    with pytest.raises(Inconclusive, match=r"low-traffic.*--on-inconclusive promote") as caught:
        run(stage, scene(stage, Metrics(requests=1, canary_percent=100), "abort"))
    assert (caught.value.exit_code, versions(stage)) == (12, [])


def test_what_is_inconclusive_may_be_promoted(stage: Stage, cluster: CanaryCluster) -> None:
    assert run(stage, scene(stage, Metrics(requests=0), "promote")).outcome == "deployed"
    assert said(stage, "inconclusive, and promoted all the same")
    assert said(stage, "its pods are healthy, so it stays")


def test_what_is_inconclusive_may_become_known_in_a_second_duration(stage: Stage, cluster: CanaryCluster) -> None:
    metrics = Metrics(requests=3)  # 50 requests take more than the 12 looks of one duration
    assert run(stage, scene(stage, metrics, "extend")).outcome == "deployed"
    looks = [line for line in stage.said if line.startswith("canary: ") and "requests, stable" in line]
    assert len(looks) > 12


def test_what_stays_inconclusive_is_given_up(stage: Stage, cluster: CanaryCluster) -> None:
    with pytest.raises(Inconclusive, match="low-traffic"):
        run(stage, scene(stage, Metrics(requests=0), "extend"))


def test_unknown_metrics_are_no_success(stage: Stage, cluster: CanaryCluster) -> None:
    metrics = Metrics()
    metrics.unknown = (JOB,)
    with pytest.raises(Inconclusive, match=f"no-metrics.*Pod/{JOB}: HTTP 404"):
        run(stage, scene(stage, metrics, "abort"))


def test_one_death_is_forgiven(stage: Stage, cluster: CanaryCluster) -> None:
    cluster.pods = ["crashed", "ready"]
    assert run(stage, scene(stage, Metrics())).outcome == "deployed"
    assert len(cluster.jobs) == 2
    assert said(stage, "trying once more")


@pytest.mark.parametrize(("how", "reason"), [("crashed", "crash-loop"), ("killed", "oom-loop")])
def test_the_second_death_is_not(stage: Stage, cluster: CanaryCluster, how: str, reason: str) -> None:
    cluster.pods = [how]
    report = run(stage, scene(stage, Metrics()))
    assert (report.reason, report.outcome, versions(stage), len(cluster.jobs)) == (reason, "rolled-back", [], 2)
    assert any("server.js:7" in line for line in report.logs)


def test_a_canary_that_cannot_start_is_judged_as_every_pod_is(stage: Stage, cluster: CanaryCluster) -> None:
    cluster.pods = ["misconfigured"]
    report = run(stage, scene(stage, Metrics()))
    assert (report.reason, versions(stage), len(cluster.jobs)) == ("image-unusable", [], 1)


def test_pods_that_are_taken_away_say_nothing(stage: Stage, cluster: CanaryCluster) -> None:
    cluster.pods = ["evicted"]
    with pytest.raises(Inconclusive, match=r"canary-lost.*low on resource"):
        run(stage, scene(stage, Metrics(), "abort"))
    assert len(cluster.jobs) == 2


def test_a_canary_that_never_gets_a_pod_says_nothing(stage: Stage, cluster: CanaryCluster) -> None:
    cluster.pods = ["none"]
    stage.step_s = 20.0
    with pytest.raises(Inconclusive, match="not-started"):
        run(stage, scene(stage, Metrics(), "abort"))


def test_bad_health_keeps_it_out_of_traffic(stage: Stage, cluster: CanaryCluster) -> None:
    cluster.health = (503, '{"status":"unavailable"}')
    report = run(stage, scene(stage, Metrics()))
    assert (report.reason, cluster.patches) == ("smoke-test", [])
    assert "/health answers 503" in report.message


def test_where_pods_cannot_be_asked_their_readiness_counts(stage: Stage, cluster: CanaryCluster) -> None:
    cluster.health = UnavailableError("cluster unavailable: dial tcp")
    assert run(stage, scene(stage, Metrics())).outcome == "deployed"
    assert said(stage, "its readiness counts")


def test_an_interrupt_leaves_no_canary(stage: Stage, cluster: CanaryCluster) -> None:
    class Interrupted(Metrics):
        def read(self, pods: list[str]) -> Reading:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(stage, scene(stage, Interrupted()))
    assert (cluster.deleted[-1], cluster.canary) == (JOB, [])


@pytest.mark.parametrize("why", ["not wanted", "nothing healthy", "simulated"])
def test_there_is_no_canary(stage: Stage, cluster: CanaryCluster, why: str) -> None:
    acting = scene(stage, None if why == "simulated" else Metrics())
    if why == "not wanted":
        acting = replace(acting, canary=False)
    if why == "nothing healthy":
        conditions = cluster.live["Deployment"][0]["status"]["conditions"]
        conditions[0]["status"] = "False"
    assert run(stage, acting).outcome == "deployed"
    assert (cluster.jobs, said(stage, "no canary: ")) == ([], True)


def test_a_release_that_is_bad_in_all_of_the_traffic_is_taken_back(stage: Stage, cluster: CanaryCluster) -> None:
    metrics = Metrics(requests=40, stable_percent=10)
    report = run(stage, replace(scene(stage, metrics), canary=False))
    assert (report.reason, report.outcome, versions(stage)) == ("error-rate", "rolled-back", ["v3", "v2"])
    assert "bake: error rate above 1%" in report.message


def test_a_bake_that_can_count_nothing_keeps_a_healthy_release(stage: Stage, cluster: CanaryCluster) -> None:
    metrics = Metrics()
    metrics.unknown = ("merchant-backend-",)
    report = run(stage, replace(scene(stage, metrics), canary=False))
    assert report.outcome == "deployed"
    assert said(stage, "so it stays (Pod/merchant-backend-: HTTP 404)")


def test_the_plan_says_what_is_going_to_be_tried(stage: Stage, cluster: CanaryCluster) -> None:
    acting = scene(stage, Metrics())
    lines = deploy.preflight(acting, "v3", known=stage.known, repository=REPOSITORY).lines(acting)
    assert "  canary:  1 for 10 s, 50 requests or more; if inconclusive: promote" in lines
    assert "  bake:    5 s, 50 requests or more" in lines
