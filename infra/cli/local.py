"""`rez local …`: the whole system on this machine."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(help="The whole system on this machine.", rich_markup_mode=None, no_args_is_help=True)


@app.command()
def up(
    context: Annotated[
        str | None, typer.Option(help="Use this context of your kubeconfig instead of a new cluster.")
    ] = None,
    release: Annotated[
        str | None, typer.Option(help="With --context: VERSION=IMAGE@sha256:DIGEST to run first.")
    ] = None,
    simulated: Annotated[
        bool, typer.Option("--simulated", help="Nodes played by kwok: no root, no containers.")
    ] = False,
) -> None:
    """Start everything: tools, cluster, images, the stack; safe to repeat."""
    from infra.local.up import up as start

    start(context=context, release=release, simulated=simulated, say=_say)


@app.command()
def down() -> None:
    """End everything and remove every trace of it, except the cache of built tools."""
    from infra.local.up import down as end

    end(_say)


@app.command()
def status(json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False) -> None:
    """Say what runs, where, how much memory it takes, and what is not enforced here."""
    from infra.local import summary

    print(summary.as_json() if json else summary.as_text())


def _say(line: str) -> None:
    typer.echo(line, err=True)
