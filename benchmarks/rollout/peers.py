"""The Go programs that a rollout is measured against, each built once from its locked module."""

from __future__ import annotations

from pathlib import Path

from benchmarks.peer import Peer

GO = Path(__file__).parent / "go"
_PURPOSE = "a peer of the rollout"

PEERS = {
    peer.name: peer
    for peer in (
        Peer("helm3", _PURPOSE, requirement="helm.sh/helm/v3", package="helm.sh/helm/v3/cmd/helm", usual_s=50, home=GO),
        Peer("helm4", _PURPOSE, requirement="helm.sh/helm/v4", package="helm.sh/helm/v4/cmd/helm", usual_s=85, home=GO),
        Peer(
            "kubedog",
            _PURPOSE,
            requirement="github.com/werf/kubedog",
            package="github.com/werf/kubedog/cmd/kubedog",
            usual_s=60,
            home=GO,
        ),
        Peer(
            "argo-rollouts",
            _PURPOSE,
            requirement="github.com/argoproj/argo-rollouts",
            package="github.com/argoproj/argo-rollouts/cmd/rollouts-controller",
            usual_s=160,
            home=GO,
        ),
    )
}
