"""The Go programs that the policy check is measured against, each built once from its locked module."""

from __future__ import annotations

from pathlib import Path

from benchmarks.peer import Peer

GO = Path(__file__).parent / "go"
"""One Go module for each peer; its go.mod and go.sum lock versions and checksums."""

_PURPOSE = "a peer of the policy check"

PEERS = {
    peer.name: peer
    for peer in (
        Peer(
            "kube-score",
            _PURPOSE,
            requirement="github.com/zegl/kube-score",
            package="github.com/zegl/kube-score/cmd/kube-score",
            usual_s=30,
            home=GO,
        ),
        Peer(
            "conftest",
            _PURPOSE,
            requirement="github.com/open-policy-agent/conftest",
            package="github.com/open-policy-agent/conftest",
            usual_s=110,
            home=GO,
        ),
        Peer(
            "kyverno",
            _PURPOSE,
            requirement="github.com/kyverno/kyverno",
            package="github.com/kyverno/kyverno/cmd/cli/kubectl-kyverno",
            usual_s=400,
            home=GO,
        ),
    )
}
