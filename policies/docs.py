"""Writes the pack's README from the rules: `python -m policies.docs > policies/README.md`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.coverage import ROWS
from policies.registry import RULES
from policies.rule import Enforcement

if TYPE_CHECKING:
    from policies.rule import Rule

_HEAD: Final = """\
# What the runbook forbids

The same rules, wherever the data is: in the engine (`pulumi preview --policy-pack policies`; `rez pulumi` adds it by
itself), in a pull request without engine, cluster or network (`rez check`), in a preview's plan, and, what must hold
against `kubectl` too, in the API server. `rez policies list` and `rez policies explain ID` show them on a terminal.

The bounds are in `limits.py`, each with its source, and do not follow the stack's settings: a wrong setting must not
loosen its own judge. A rule is a pure function from plain data to violations (`rules/`, one file per kind). A value
that is not known before the update makes the rules that read it *undetermined*: that warns in the stack `local` and
blocks in every other. A rule that fails itself is reported under its own id and blocks.

## Exemptions

A rule is set aside by an entry in the stack file, for an object, or for one field of it; the object's annotation
`policies.rez.dev/exempt` takes the same entries as a JSON list, without `resource`:

```yaml
rez-infra:exemptions:
  - rule: deployment-memory-limit
    resource: Deployment production/merchant-backend
    field: spec.template.spec.containers[api].resources.limits.memory
    reason: heap dump of the leak in INC-123
    owner: oncall@rezapp.com
    expires: 2026-12-01
```

`resource` and `field` may be left out, and `value` may name the one value that is let through. Rule, reason, owner and
last day are needed, and a day that has passed is a finding. An override (`rez scale pin`, `rez memory`) writes exactly
its own value on its object. Every report lists what is exempt, by whom, why and until when. Rules marked *never exempt*
stay in force. In the API server the rule then warns for objects of the exempt object's name, whatever field the entry
names, and denies for all others; where `resource` is left out it warns for all.

## To add a rule

Write it in the file of its kind with `@rule` (one object), `@graph_rule` (the whole stack) or `@option_rule` (Pulumi's
options), add a bad fixture and its nearest good twin to `tests/policies/fixtures/<kind>/`, and each limit to
`tests/policies/limits/`; then `python -m policies.docs > policies/README.md`.

"""


def readme() -> str:
    """Render the README.

    Returns:
        Markdown: a table of all rules, the comparison, then each rule.
    """
    table = "| rule | severity | what must hold | judged on |\n|---|---|---|---|\n" + "".join(map(_row, RULES))
    sections = "".join(f"### {rule.id}\n\n{section(rule)}\n" for rule in RULES)
    return f"{_HEAD}## Rules\n\n{table}\n{_comparison()}\n{sections}".rstrip() + "\n"


def section(rule: Rule) -> str:
    """Explain a rule.

    Args:
        rule: The rule.

    Returns:
        Markdown: what, why, remedy, snippet, source, who else finds it.
    """
    about = rule.about
    level = about.severity.value + (", advisory" if rule.enforcement is Enforcement.ADVISORY else "")
    marks = [level, f"judged on: {rule.scope.value}"]
    marks += ["production stacks only"] if rule.production_only else []
    marks += [] if about.exemptable else ["never exempt"]
    settings = f"Settings: {', '.join(f'`{key}`' for key in about.settings)}. " if about.settings else ""
    short = dict.fromkeys(kind.rpartition(":")[2].split(".")[0] for kind in rule.kinds)
    kinds = f"Kinds: {', '.join(short)}. " if short else ""
    return (
        f"{about.title}. {about.why}.\n\n{'; '.join(marks).capitalize()}. {kinds}{settings}Source: {about.source}.\n\n"
        f"Remedy: {about.remedy}.\n\n```yaml\n{about.snippet}```\n\n{_found_by(rule)}"
    )


def _row(rule: Rule) -> str:
    about = rule.about
    level = about.severity.value + (" (advisory)" if rule.enforcement is Enforcement.ADVISORY else "")
    return f"| [{about.id}](#{about.id}) | {level} | {about.title} | {rule.scope.value} |\n"


def _comparison() -> str:
    alone = sum(not row.caught_by for row in ROWS)
    return (
        f"## Misconfigurations\n\n{len(ROWS)} that the runbook forbids, each with its rule; {alone} of them "
        "are found by no other tool as it is shipped (see `coverage.py` for what was compared).\n\n"
        "| | misconfiguration | rule | found by others |\n|---|---|---|---|\n"
        + "".join(
            f"| {row.id} | {_cell(row.title)} | {row.rule} | {', '.join(row.caught_by) or 'nobody'} |\n" for row in ROWS
        )
    )


def _found_by(rule: Rule) -> str:
    rows = [row for row in ROWS if row.rule == rule.id]
    if not rows:
        return ""
    lines = [f"- {_cell(row.title)}: {', '.join(row.caught_by) or 'nobody else'}\n" for row in rows]
    return f"Finds, and who else does:\n\n{''.join(lines)}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("*", "\\*").replace("<", "&lt;")


if __name__ == "__main__":
    print(readme(), end="")
