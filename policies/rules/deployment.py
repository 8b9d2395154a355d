"""The Deployment: who owns the replicas, and how one release replaces another without a lost request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.cluster.api import api_server_containers, api_workloads, is_api
from policies.cluster.pods import SERVING, WORKLOADS, pods
from policies.cluster.scale import portion
from policies.limits import DRAIN_S, PODS, RESTART_SOURCE, SCALE_SOURCE
from policies.rule import About, Severity, graph_rule, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.graph import Graph
    from policies.objects.node import Node, Violation

_ROLLING: Final = """\
strategy:
  type: RollingUpdate
  rollingUpdate: {maxUnavailable: 0, maxSurge: 1}
"""
_STOPPING: Final = """\
terminationGracePeriodSeconds: 45
containers:
  - name: api
    lifecycle: {preStop: {sleep: {seconds: 10}}}
"""
_DEFAULT_GRACE_S: Final = 30


@graph_rule(
    About(
        id="deployment-replicas",
        severity=Severity.HIGH,
        title="Replicas belong to the HPA; without one the API has 3 to 10",
        why="A fixed number takes the fleet back from the HPA at every update, under load down to it",
        remedy="leave spec.replicas out and let the HPA decide; the API's is merchant-backend-hpa, from 3 to 10",
        snippet="spec:\n  # no replicas: the HPA owns them\n  selector: {matchLabels: {app: merchant-backend}}\n",
        source=SCALE_SOURCE,
        settings=("api.pods",),
    ),
    kinds=SERVING,
)
def replicas(deployment: Node, graph: Graph) -> Iterator[Violation]:
    """Compare the number with who should own it."""
    if next(graph.autoscalers(deployment), None) is not None:
        if deployment.get("spec", "replicas") is not None:
            yield deployment.must("spec", "replicas", be="not be set, the HPA owns it")
    elif is_api(deployment) and not PODS.least <= (deployment.integer("spec", "replicas") or 0) <= PODS.most:
        yield deployment.must("spec", "replicas", be=f"be {PODS.least} to {PODS.most} without an HPA")


@graph_rule(
    About(
        id="deployment-autoscaler",
        severity=Severity.HIGH,
        title="The API has exactly one HPA, and nothing has two",
        why="Without one a peak meets a fixed fleet; two of them fight over the replicas",
        remedy="declare one HPA with this Deployment as its scaleTargetRef; the API's is merchant-backend-hpa",
        snippet="kind: HorizontalPodAutoscaler\nspec:\n  scaleTargetRef: "
        "{apiVersion: apps/v1, kind: Deployment, name: merchant-backend}\n",
        source=SCALE_SOURCE,
    ),
    kinds=SERVING,
)
def autoscaler(deployment: Node, graph: Graph) -> Iterator[Violation]:
    """Count the HPAs."""
    names = [hpa.text("metadata", "name") for hpa in graph.autoscalers(deployment)]
    if len(names) > 1:
        yield deployment.must("spec", be="be scaled by one HPA alone", value=f"scaled by {', '.join(names)}")
    elif not names and is_api(deployment):
        yield deployment.must("spec", be="be scaled by exactly one", value="scaled by no HPA")


@rule(
    About(
        id="deployment-strategy",
        severity=Severity.CRITICAL,
        title="An update of the API takes no pod away before its successor serves",
        why="Recreate is an outage, and the default of 25 % unavailable takes pods away at peak load",
        remedy="set strategy.type RollingUpdate with maxUnavailable 0 and maxSurge of at least 1",
        snippet=_ROLLING,
        source=RESTART_SOURCE,
        settings=("api.rollout.max_surge",),
    ),
    kinds=("Deployment.apps",),
    each=api_workloads,
)
def strategy(deployment: Node) -> Iterator[Violation]:
    """Ask for a rolling update with nothing unavailable."""
    at = deployment.at("spec", "strategy")
    if at.get("type") not in (None, "RollingUpdate"):
        yield at.must("type", be="be RollingUpdate")
        return
    if portion(at.get("rollingUpdate", "maxUnavailable"), PODS.most) != 0:
        yield at.must("rollingUpdate", "maxUnavailable", be="be 0")
    extra = at.get("rollingUpdate", "maxSurge")
    if extra is not None and not portion(extra, PODS.most):
        yield at.must("rollingUpdate", "maxSurge", be="be at least 1 when maxUnavailable is 0")


@rule(
    About(
        id="deployment-graceful-stop",
        severity=Severity.HIGH,
        title="A pod of the API stops after its traffic has, with time to finish what it serves",
        why="Endpoints forget a pod seconds after it is told to stop: without a preStop wait requests are lost",
        remedy=f"add a preStop sleep, and a terminationGracePeriodSeconds at least {DRAIN_S} s longer",
        snippet=_STOPPING,
        source=RESTART_SOURCE,
        settings=("api.rollout.pre_stop", "api.rollout.grace_period"),
    ),
    kinds=WORKLOADS,
    each=api_server_containers,
)
def graceful_stop(container: Node) -> Iterator[Violation]:
    """Ask for a preStop hook and a grace period that holds it and the drain."""
    hook = container.at("lifecycle", "preStop")
    sleep_s = hook.integer("sleep", "seconds") or 0
    if not sleep_s and not any(hook.mapping(handler) for handler in ("exec", "httpGet")):
        yield hook.must(be="wait until the endpoints have forgotten the pod")
        return
    for pod in pods(container.root):
        grace_s = pod.get("terminationGracePeriodSeconds")
        if not isinstance(grace_s, int) and grace_s is not None:
            grace_s = 0
        if (_DEFAULT_GRACE_S if grace_s is None else grace_s) < sleep_s + DRAIN_S:
            least = f"be at least {sleep_s + DRAIN_S} s: preStop {sleep_s} s and {DRAIN_S} s to drain"
            yield pod.must("terminationGracePeriodSeconds", be=least)
