"""Only the watching of `rez deploy`: `python -m benchmarks.rollout.watcher KUBECONFIG NAMESPACE IMAGE`."""

from __future__ import annotations

import sys

from benchmarks.rollout.scene import scene
from infra.manifests.release import Release
from infra.rollout.settle import settle


def main() -> None:
    """Watch until the release serves.

    Raises:
        SystemExit: It does not.
    """
    kubeconfig, namespace, image = sys.argv[1:]
    place, _ = scene(kubeconfig, namespace, 300.0)
    if not settle(place, Release("next", image)).healthy:
        sys.exit("the release does not serve")


if __name__ == "__main__":
    main()
