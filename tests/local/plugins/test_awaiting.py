"""When objects are ready, hopeless, or not yet."""

from __future__ import annotations

from typing import Any

import pytest

from infra.local.plugins.kubernetes.awaiting import State, progress


def live(kind: str, spec: dict[str, Any], status: dict[str, Any], generation: int = 1) -> dict[str, Any]:
    return {"kind": kind, "metadata": {"generation": generation}, "spec": spec, "status": status}


ROLLED_OUT = {"observedGeneration": 1, "replicas": 2, "updatedReplicas": 2, "availableReplicas": 2, "readyReplicas": 2}
STALLED = [{"type": "Progressing", "reason": "ProgressDeadlineExceeded", "message": "too slow"}]


@pytest.mark.parametrize(
    ("kind", "spec", "status", "state", "why"),
    [
        ("Deployment", {"replicas": 2}, ROLLED_OUT, State.READY, ""),
        ("Deployment", {"replicas": 2}, {**ROLLED_OUT, "observedGeneration": 0}, State.WAITING, "not seen"),
        ("Deployment", {"replicas": 2}, {**ROLLED_OUT, "updatedReplicas": 1}, State.WAITING, "1 of 2 pods are updated"),
        ("Deployment", {"replicas": 2}, {**ROLLED_OUT, "replicas": 3}, State.WAITING, "1 old pods"),
        (
            "Deployment",
            {"replicas": 2},
            {**ROLLED_OUT, "availableReplicas": 0},
            State.WAITING,
            "0 of 2 pods are available",
        ),
        ("Deployment", {"replicas": 2}, {**ROLLED_OUT, "conditions": STALLED}, State.FAILED, "too slow"),
        (
            "StatefulSet",
            {"replicas": 2},
            {**ROLLED_OUT, "currentRevision": "a", "updateRevision": "a"},
            State.READY,
            "",
        ),
        (
            "StatefulSet",
            {"replicas": 2},
            {**ROLLED_OUT, "currentRevision": "a", "updateRevision": "b"},
            State.WAITING,
            "updated",
        ),
        ("StatefulSet", {"replicas": 3}, ROLLED_OUT, State.WAITING, "2 of 3 pods are ready"),
        ("Service", {"type": "ClusterIP"}, {}, State.READY, ""),
        ("Service", {"type": "LoadBalancer"}, {"loadBalancer": {}}, State.WAITING, "no address"),
        ("Service", {"type": "LoadBalancer"}, {"loadBalancer": {"ingress": [{"ip": "::1"}]}}, State.READY, ""),
        ("PersistentVolumeClaim", {}, {"phase": "Pending"}, State.WAITING, "no volume"),
        ("PersistentVolumeClaim", {}, {"phase": "Bound"}, State.READY, ""),
        ("PersistentVolumeClaim", {}, {"phase": "Lost"}, State.FAILED, "lost"),
        ("Job", {}, {"active": 1}, State.WAITING, "1 pods"),
        ("Job", {}, {"conditions": [{"type": "Complete", "status": "True"}]}, State.READY, ""),
        (
            "Job",
            {},
            {"conditions": [{"type": "Failed", "status": "True", "reason": "Backoff"}]},
            State.FAILED,
            "Backoff",
        ),
        ("Namespace", {}, {"phase": "Active"}, State.READY, ""),
        ("Namespace", {}, {"phase": "Terminating"}, State.WAITING, "Terminating"),
        ("ConfigMap", {}, {}, State.READY, ""),
    ],
)
def test_progress(kind: str, spec: dict[str, Any], status: dict[str, Any], state: State, why: str) -> None:
    found = progress(live(kind, spec, status))
    assert found.state is state
    assert why in found.why
