"""`rez pulumi …`: the engine with this project's PULUMI_HOME, plugins, backend and policy pack."""

from __future__ import annotations

import typer


def stack_of(args: list[str]) -> str | None:
    """The stack that the engine's arguments name (`--stack NAME`, `--stack=NAME`, `-s NAME`), if any."""
    for position, arg in enumerate(args):
        name, sign, value = arg.partition("=")
        if name in {"--stack", "-s"}:
            return value if sign else next(iter(args[position + 1 :]), None)
        if arg.startswith("-s"):
            return arg.removeprefix("-s")
    return None


def pulumi(context: typer.Context) -> None:
    """Run the Pulumi engine on a stack; arguments are Pulumi's own."""
    from infra.cli.stack import choose
    from infra.engine import Engine

    args = list(context.args)
    if args in ([], ["--help"]):
        typer.echo(f"{context.get_help()}\n\nTry `rez pulumi up --help`.")
        return
    raise typer.Exit(Engine(choose(stack_of(args))).run(args))
