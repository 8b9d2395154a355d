"""The release gate: judges the version that is to run by the one that runs and by those that ran before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies.judging.judge import apply
from policies.objects.node import Node
from policies.objects.resources import Resource
from policies.registry import RULES
from policies.rule import Finding, Scope

if TYPE_CHECKING:
    from collections.abc import Collection


def judge_release(candidate: str, running: str, known: Collection[str], *, stack: str) -> list[Finding]:
    """Judge a release.

    Args:
        candidate: The version that is to run.
        running: The version that runs, "" if none does.
        known: The versions of the ledger.
        stack: The stack's name; on `local` any version may run.

    Returns:
        What was found.
    """
    release = Resource(f"release {candidate}", "Release", Node({"metadata": {"name": candidate}, "version": candidate}))
    rules = [rule for rule in RULES if rule.scope is Scope.RELEASE]
    return [finding for rule in rules for finding in apply(rule, release, stack, running, known)]
