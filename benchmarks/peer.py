"""A Go program that something of ours is measured against, built once from its locked module."""

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


@dataclass(frozen=True)
class Peer(Tool):
    """A tool whose module is not in the toolchain: nothing but a benchmark needs it.

    Attributes:
        home: The folder of the Go modules, one for each peer; go.mod and go.sum lock versions and checksums.
    """

    home: Path = Path()

    @property
    def module(self) -> Path:
        """The folder of the Go module it is built from."""
        return self.home / self.name


def built(peer: Peer, say: Callable[[str], None]) -> Path:
    """Give a peer's executable, building it if it is absent.

    Args:
        peer: Which.
        say: Takes one line of progress.

    Returns:
        Where it is in the cache.

    Raises:
        RezError: The build failed, or Go is absent and could not be installed.
    """
    if cached(peer) is None:
        build(peer, compiler.find(say), say)
    return cache_folder(peer) / "bin" / peer.name
