"""Exemptions themselves: complete, in force, and of rules that may be set aside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.rule import About, Rule, Scope, Severity, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.node import Node, Violation

_SNIPPET: Final = """\
rez-infra:exemptions:
  - rule: deployment-memory-limit
    resource: Deployment production/merchant-backend
    reason: heap dump of the leak in INC-123
    owner: oncall@rezapp.com
    expires: 2026-12-01
"""


def _judged_elsewhere(entry: Node) -> Iterator[Violation]:
    raise AssertionError(entry.field)  # judging/exemptions.py makes these findings: they need the day and all rules


EXEMPTION_VALID: Final = Rule(
    about=About(
        id="exemption-valid",
        severity=Severity.HIGH,
        title="Every exemption names its rule, object, reason, owner and a last day within 90 days",
        why="An exemption for everything, that nobody owns or that never ends, is a rule that does not exist",
        remedy="complete it, prolong it with a new reason, or remove it and mend what it hid",
        snippet=_SNIPPET,
        source="ours: exemptions end by themselves",
        settings=("exemptions",),
        exemptable=False,
    ),
    scope=Scope.EXEMPTION,
    each=whole,
    check=_judged_elsewhere,
)
