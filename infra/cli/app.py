"""The tree of commands. Each command's file is imported only to read its options; its work is imported when it runs."""

from __future__ import annotations

import typer

from infra.cli import bootstrap, github, history, local, overrides, policies, scale, secret, state
from infra.cli.check import check
from infra.cli.deploy import deploy
from infra.cli.doctor import doctor
from infra.cli.drift import drift
from infra.cli.memory import memory
from infra.cli.preview import preview
from infra.cli.pulumi import pulumi
from infra.cli.restart import restart
from infra.cli.rollback import rollback
from infra.cli.status import status

app = typer.Typer(
    name="rez",
    help="The production runbook of the REZ Merchant Backend API as commands.",
    rich_markup_mode=None,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.command()(status)
app.command()(deploy)
app.command()(rollback)
app.command()(restart)
app.command()(memory)
app.command()(drift)
app.command()(doctor)
app.command()(check)
app.command()(preview)
app.command(
    context_settings={
        "allow_extra_args": True,
        "allow_interspersed_args": False,  # a `--` among them is the engine's, too
        "ignore_unknown_options": True,
        "help_option_names": [],
    }
)(pulumi)
app.add_typer(scale.app, name="scale")
app.add_typer(overrides.app, name="overrides")
app.add_typer(history.app, name="history")
app.add_typer(secret.app, name="secrets")
app.add_typer(local.app, name="local")
app.add_typer(policies.app, name="policies")
app.add_typer(state.app, name="state")
app.add_typer(bootstrap.app, name="bootstrap")
app.add_typer(github.app, name="github")
