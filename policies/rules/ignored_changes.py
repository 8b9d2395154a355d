"""Pulumi's `ignoreChanges`: hides nothing that a rule guards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies.judging.guarded import GUARDED, hidden, path
from policies.rule import About, Severity, option_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.node import Node, Violation
    from policies.objects.options import Options


@option_rule(
    About(
        id="option-ignore-changes",
        severity=Severity.HIGH,
        title="ignoreChanges hides no field that a rule guards",
        why="The rules judge what the program says, while the engine keeps what was there before, good or bad",
        remedy="take the field off ignoreChanges; an Atlas cluster that scales itself sets useEffectiveFields instead",
        snippet="options:\n  ignoreChanges: [spec.replicas]\n",
        source="Pulumi documentation, Resource options: ignoreChanges; ours",
    ),
    kinds=tuple(GUARDED),
)
def ignore_changes(node: Node, options: Options) -> Iterator[Violation]:
    """Compare each ignored path with the guarded ones, however much of them it takes."""
    for ignored in options.ignore_changes:
        if hidden(node, path(ignored)):
            yield node.must("options", "ignoreChanges", be="hide no field that a rule guards", value=ignored)
