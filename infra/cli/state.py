"""`rez state …`: what a stack's state was, and bringing it back."""

from __future__ import annotations

import json as json_format
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from infra.operations.state import Row

app = typer.Typer(
    help="A stack's state: its versions, and going back to one.", rich_markup_mode=None, no_args_is_help=True
)

_STACK = typer.Option(help="Default: $PULUMI_STACK, else local while it runs.")


@app.command()
def versions(
    *,
    stack: Annotated[str | None, _STACK] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """List what the state was, newest first: the last ten steps, and before them each run's end."""
    from infra.cli.stack import choose
    from infra.engine import Engine
    from infra.operations.state import rows

    found = rows(Engine(choose(stack)))
    if json:
        typer.echo(json_format.dumps({"versions": [_described(row) for row in found]}, indent=2))
        return
    width = max((len(row.version.id) for row in found), default=0)
    for row in found:
        holds = f"DAMAGED: {row.damage}" if row.damage else f"{len(row.resources)} resources"
        typer.echo(f"{row.version.written}  {row.version.id:{width}}  {holds}{', now' if row.version.current else ''}")


@app.command()
def restore(
    *,
    version: Annotated[
        str | None, typer.Option(metavar="ID", help="Default: the newest whole one, if the state is damaged.")
    ] = None,
    stack: Annotated[str | None, _STACK] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the plan; touch nothing.")] = False,
) -> None:
    """Bring back what the state was; what it is now stays as a version."""
    from infra.cli.stack import choose, say
    from infra.engine import Engine
    from infra.operations import state

    engine = Engine(choose(stack))
    done = state.plan(engine, version) if dry_run else state.restore(engine, version)
    typer.echo("\n".join(done.lines()))
    if not dry_run:
        say(f"restored; what was changed since shows in `rez pulumi refresh --stack {engine.stack} --preview-only`")


def _described(row: Row) -> dict[str, Any]:
    return {
        "id": row.version.id,
        "written": row.version.written,
        "bytes": row.version.size,
        "current": row.version.current,
        "resources": len(row.resources),
        "damage": row.damage,
    }
