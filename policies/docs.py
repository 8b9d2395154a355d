"""Writes the pack's README from the rules: `python -m policies.docs > policies/README.md`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.registry import RULES

if TYPE_CHECKING:
    from policies.rule import Rule

_HEAD: Final = """\
# What the runbook forbids

An ordinary Pulumi policy pack: `pulumi preview --policy-pack policies`. Every rule is mandatory. The bounds are in
`limits.py`, each with its source in the runbook, and do not follow the stack's settings.

A rule is a pure function from a plain camelCase manifest to violations (`rules/`, one file per kind). A value that is
not known before the update makes the rules that read it *undetermined*: that warns in the stack `local` and blocks in
every other. A rule that fails itself is reported under its own id and blocks.

To add a rule: write it in the file of its kind with `@rule` (one object) or `@graph_rule` (the whole stack), add
fixtures to `tests/policies/fixtures/<kind>/`, run `python -m policies.docs > policies/README.md`.

| rule | severity | what must hold | judged on |
|---|---|---|---|
"""


def readme() -> str:
    """Render the README.

    Returns:
        Markdown: a table of all rules, then each rule with its reason, remedy, snippet and source.
    """
    rows = "".join(_row(rule) for rule in RULES)
    return f"{_HEAD}{rows}\n{''.join(_section(rule) for rule in RULES)}".rstrip() + "\n"


def _row(rule: Rule) -> str:
    about = rule.about
    return f"| [{about.id}](#{about.id}) | {about.severity.value} | {about.title} | {rule.scope.value} |\n"


def _section(rule: Rule) -> str:
    about = rule.about
    kinds = ", ".join(kind.split(".")[0] for kind in rule.kinds)
    return (
        f"## {about.id}\n\n{about.title}. {about.why}.\n\n"
        f"Kinds: {kinds}. Source: {about.source}.\n\nRemedy: {about.remedy}.\n\n```yaml\n{about.snippet}```\n\n"
    )


if __name__ == "__main__":
    print(readme(), end="")
