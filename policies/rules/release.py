"""A release: newer than the one that runs, or one that was released before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies.cluster.version import older
from policies.limits import DEPLOY_SOURCE
from policies.rule import About, Severity, release_rule

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from policies.objects.node import Node, Violation


@release_rule(
    About(
        id="release-order",
        severity=Severity.HIGH,
        title="A release is newer than the one that runs, or is known from before",
        why="A pipeline that hangs behind takes production back to code that nobody has seen there",
        remedy="deploy a newer version; to go back to a release of the ledger, use `rez rollback`",
        snippet="version: v1.5.0 # while v1.4.2 runs\n",
        source=DEPLOY_SOURCE,
    ),
    production_only=True,
)
def release_order(candidate: Node, running: str, known: Collection[str]) -> Iterator[Violation]:
    """Compare the version with the running one, where they have an order."""
    version = candidate.text("version")
    if version not in known and older(version, running):
        yield candidate.must("version", be=f"not be older than {running}, which runs, unless the ledger knows it")
