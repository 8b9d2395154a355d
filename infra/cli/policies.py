"""`rez policies`: what the runbook forbids, for people."""

from __future__ import annotations

import json as json_format
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from policies.rule import Rule

app = typer.Typer(
    name="policies", help="The rules: list them, explain one.", rich_markup_mode=None, no_args_is_help=True
)


@app.command("list")
def list_rules(*, json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False) -> None:
    """List every rule: id, severity, what must hold."""
    from policies.registry import RULES

    if json:
        typer.echo(json_format.dumps({"rules": [_described(rule) for rule in RULES]}, indent=2))
        return
    width = max(len(rule.id) for rule in RULES)
    for rule in RULES:
        typer.echo(f"{rule.id:{width}}  {rule.about.severity.value:8}  {rule.about.title}")


@app.command()
def explain(
    rule_id: Annotated[str, typer.Argument(metavar="ID", help="Such as deployment-cpu-limit.")],
    *,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Explain a rule: why it is there, how to satisfy it, where it comes from, who else finds it."""
    from difflib import get_close_matches

    from infra.errors import PreconditionError
    from policies.docs import section
    from policies.registry import RULES

    by_id = {rule.id: rule for rule in RULES}
    if rule_id not in by_id:
        near = get_close_matches(rule_id, by_id, n=1)
        raise PreconditionError(
            f"{rule_id}: no such rule; {f'did you mean {near[0]}?' if near else 'see'} `rez policies list`"
        )
    rule = by_id[rule_id]
    typer.echo(json_format.dumps(_described(rule), indent=2) if json else section(rule).rstrip())


@app.command()
def exemptions(
    *,
    ending_within: Annotated[
        int | None, typer.Option(min=0, metavar="DAYS", help="Only those; exit code 4 if there are any.")
    ] = None,
    stack: Annotated[str, typer.Option(help="Stack name.")] = "production",
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """List what the stack file exempts from the rules, and until when."""
    from datetime import UTC, datetime

    from infra.errors import PolicyViolation, PreconditionError
    from infra.local.paths import ROOT
    from infra.settings.stack_file import file_of
    from policies.inputs.stack_file import exemptions as declared_in
    from policies.reports import exemptions as shown

    file = ROOT / file_of(stack)
    if not file.is_file():
        raise PreconditionError(f"--stack: there is no {file.name}")
    try:
        declared = declared_in(file)
    except ValueError as error:
        raise PreconditionError(str(error)) from None
    if declared.faults:
        raise PolicyViolation("\n".join(f"{each.message}; {each.remediation}" for each in declared.faults))
    today = datetime.now(UTC).date()
    found = shown.ending([each.exemption for each in declared.held], today=today, within_days=ending_within)
    if json:
        typer.echo(json_format.dumps({"exemptions": shown.as_json(found, today=today)}, indent=2))
    elif found:
        typer.echo(shown.render(found, today=today))
    if found and ending_within is not None:
        raise typer.Exit(PolicyViolation.exit_code)


def _described(rule: Rule) -> dict[str, object]:
    about = rule.about
    return {
        "id": about.id,
        "severity": about.severity.value,
        "enforcement": rule.enforcement.value,
        "judged_on": rule.scope.value,
        "kinds": list(rule.kinds),
        "title": about.title,
        "why": about.why,
        "remedy": about.remedy,
        "snippet": about.snippet,
        "source": about.source,
        "settings": list(about.settings),
        "exemptable": about.exemptable,
    }
