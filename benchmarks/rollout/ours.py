"""What `rez deploy` does between its engine's update and its end, with an engine that applies manifests.

`python -m benchmarks.rollout.ours KUBECONFIG NAMESPACE GOOD NEXT TIMEOUT_S`: the files hold the manifests.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from benchmarks.rollout.scene import scene
from infra.manifests.release import Release
from infra.rollout.settle import settle

if TYPE_CHECKING:
    from infra.cluster import Cluster
    from infra.rollout.scene import Scene
    from infra.rollout.settle import Settled


def main() -> None:
    """Bring the next release in, watch it, and bring the good one back if it is bad."""
    kubeconfig, namespace, good, following, timeout_s = sys.argv[1:]
    place, cluster = scene(kubeconfig, namespace, float(timeout_s))
    if _bring(place, cluster, "next", Path(following)).healthy:
        print("VERDICT good", flush=True)
        return
    print("VERDICT bad", flush=True)
    _bring(place, cluster, "good", Path(good))


def _bring(place: Scene, cluster: Cluster, version: str, file: Path) -> Settled:
    manifests = list(yaml.safe_load_all(file.read_text(encoding="utf-8")))
    for manifest in manifests:
        cluster.apply(manifest, force=True)
    settled = settle(place, Release(version, manifests[-1]["spec"]["template"]["spec"]["containers"][0]["image"]))
    print(settled.verdict.reason, *settled.verdict.evidence, sep="\n", flush=True)
    return settled


if __name__ == "__main__":
    main()
