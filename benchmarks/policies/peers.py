"""The Go programs that the policy check is measured against, each built once from its locked module."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from infra.local.toolchain import compiler
from infra.local.toolchain.build import build
from infra.local.toolchain.find import cache_folder, cached
from infra.local.toolchain.tools import Tool

if TYPE_CHECKING:
    from collections.abc import Callable

GO = Path(__file__).parent / "go"
"""One Go module for each peer; its go.mod and go.sum lock versions and checksums."""


@dataclass(frozen=True)
class Peer(Tool):
    """A tool whose module is here and not in the toolchain: nothing but this benchmark needs it."""

    @property
    def module(self) -> Path:
        """The folder of the Go module it is built from."""
        return GO / self.name


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
        ),
        Peer(
            "conftest",
            _PURPOSE,
            requirement="github.com/open-policy-agent/conftest",
            package="github.com/open-policy-agent/conftest",
            usual_s=110,
        ),
        Peer(
            "kyverno",
            _PURPOSE,
            requirement="github.com/kyverno/kyverno",
            package="github.com/kyverno/kyverno/cmd/cli/kubectl-kyverno",
            usual_s=400,
        ),
    )
}


def executable(name: str, say: Callable[[str], None]) -> Path:
    """Give a peer's executable, building it if it is absent.

    Args:
        name: A key of ``PEERS``.
        say: Takes one line of progress.

    Returns:
        Where it is in the cache.

    Raises:
        RezError: The build failed, or Go is absent and could not be installed.
    """
    peer = PEERS[name]
    if cached(peer) is None:
        build(peer, compiler.find(say), say)
    return cache_folder(peer) / "bin" / name
