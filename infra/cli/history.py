"""`rez history`: what was released, and whether the ledger is as it was written."""

from __future__ import annotations

import json as json_format
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from infra.cluster import Cluster

app = typer.Typer(help="What was released: the ledger.", rich_markup_mode=None)

_STACK = typer.Option(help="Default: $PULUMI_STACK, else local while it runs.")
_JSON = typer.Option("--json", help="One JSON object on stdout.")


@app.callback(invoke_without_command=True)
def history(
    context: typer.Context,
    *,
    stack: Annotated[str | None, _STACK] = None,
    json: Annotated[bool, _JSON] = False,
) -> None:
    """List the releases, newest first: how each ended, when, by whom and why."""
    context.obj = stack
    if context.invoked_subcommand is not None:
        return
    from infra.rollout import history, ledger

    found = ledger.records(*_ledger(stack))
    if json:
        typer.echo(json_format.dumps({"releases": history.as_json(found)}, indent=2))
    else:
        typer.echo("\n".join(history.lines(found) or ["no release is recorded yet"]))


@app.command()
def verify(
    context: typer.Context,
    *,
    head: Annotated[str | None, typer.Option(metavar="HASH", help="A head that was kept elsewhere.")] = None,
    stack: Annotated[str | None, _STACK] = None,
    json: Annotated[bool, _JSON] = False,
) -> None:
    """Check that no record was changed, taken out or moved; exit code 7 names the first that was."""
    from dataclasses import asdict

    from infra.rollout import history, ledger

    proof = history.verify(ledger.links(*_ledger(stack or context.obj)), head=head)
    typer.echo(json_format.dumps(asdict(proof)) if json else "\n".join(proof.lines()))


def _ledger(stack: str | None) -> tuple[Cluster, str]:
    from infra.cli.stack import choose, connect
    from infra.rollout.target import Target

    return connect(choose(stack)), Target().namespace
