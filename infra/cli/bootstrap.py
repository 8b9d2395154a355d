"""`rez bootstrap aws`: what a stack needs on AWS before its first run."""

from __future__ import annotations

import json as json_format
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infra.operations.bootstrap.step import Step
    from infra.operations.bootstrap.wanted import Wanted

app = typer.Typer(help="What a stack needs before its first run.", rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep `aws` a command of its own, though it is the only one."""


@app.command()
def aws(  # noqa: PLR0913 - the command line's options
    *,
    repository: Annotated[
        str, typer.Option(help="OWNER/NAME on GitHub, or OWNER@ID/NAME@ID if its token subjects are immutable.")
    ],
    region: Annotated[str, typer.Option(envvar="AWS_REGION", help="Where bucket and key are.")],
    stack: Annotated[str, typer.Option(help="Also the name of GitHub's environment that deploys it.")] = "production",
    bucket: Annotated[str | None, typer.Option(help="Default: rez-infra-STACK-ACCOUNT-REGION.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the plan; touch nothing.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Make bucket, key and GitHub's roles for a stack's state and secrets, or mend what differs; safe to repeat."""
    from infra.cli.stack import say
    from infra.local.paths import ROOT
    from infra.operations.bootstrap import account as accounts
    from infra.operations.bootstrap.wanted import refuse
    from infra.settings import load

    refuse(stack=stack, region=region, repository=repository, bucket=bucket)
    account = accounts.Account.of(load(stack, ROOT), region=region, repository=repository, bucket=bucket)
    facts = account.read()
    steps = accounts.plan(facts, account.wanted)
    if not json:
        typer.echo("\n".join(_plan(account.wanted, steps)))
    for note in accounts.notes(facts, account.wanted):
        typer.echo(f"note: {note}", err=True)
    if steps and not dry_run:
        account.carry_out(steps, say)
    results = accounts.results(account.wanted, endpoint=accounts.endpoint())
    if json:
        changes = [step.line() for step in steps]
        typer.echo(json_format.dumps({"dry_run": dry_run, "changes": changes, "results": results}, indent=2))
    else:
        typer.echo("\n".join(["", *(f"{name}={value}" for name, value in results.items()), *_next(account.wanted)]))


def _plan(wanted: Wanted, steps: Sequence[Step]) -> list[str]:
    head = f"account {wanted.account}, region {wanted.region}, stack {wanted.stack}, repository {wanted.repository}"
    return [head, *([f"  {step.line()}" for step in steps] or ["  nothing to change"])]


def _next(wanted: Wanted) -> list[str]:
    init = f"rez pulumi stack init --stack {wanted.stack} --secrets-provider SECRETS_PROVIDER"
    change = f"rez pulumi stack change-secrets-provider SECRETS_PROVIDER --stack {wanted.stack}"
    environments = f"{wanted.stack}, with reviewers, and {wanted.reading_environment}"
    return [
        "",
        "GitHub: all but SECRETS_PROVIDER are repository variables",
        f"GitHub: make the environments {environments}, both for the main branch and tags v* alone",
        "GitHub: make a rule that lets maintainers alone make tags v*: a tag's own workflows get these roles",
        f"stack: set PULUMI_BACKEND_URL, then `{init}`, or for one that exists `{change}`",
    ]
