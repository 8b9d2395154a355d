"""Where a replay's release is rolled out, as the rollout itself has it."""

from __future__ import annotations

from typing import Any

from infra.cluster import Cluster
from infra.rollout.scene import Scene
from infra.rollout.target import Target


def scene(kubeconfig: str, namespace: str, timeout_s: float) -> tuple[Scene, Cluster]:
    """The scene of a watch, and its cluster: there is no engine, no settings, and no pod answers."""
    cluster = Cluster.connect(kubeconfig=kubeconfig)
    nothing: Any = None
    found = Scene(
        stack="replay",
        cluster=cluster,
        engine=nothing,
        say=lambda said: print(said, flush=True),
        timeout_s=timeout_s,
        by="replay",
        settings=nothing,
        metrics=None,
        target=Target(namespace=namespace),
    )
    return found, cluster
