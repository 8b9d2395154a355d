"""Which stack a command is about, its cluster, and how progress is told."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from infra.errors import PreconditionError, UnavailableError
from infra.local import paths

if TYPE_CHECKING:
    from infra.cluster import Cluster


def choose(given: str | None) -> str:
    """The stack of a command: the given one, else `$PULUMI_STACK`, else `local` while a local system is there.

    Raises:
        PreconditionError: Nothing says which.
    """
    from infra.settings.model import LOCAL

    if stack := given or os.environ.get("PULUMI_STACK"):
        return stack
    if paths.kubeconfig().exists():
        return LOCAL
    remedy = "say --stack NAME, set PULUMI_STACK, or start one with `rez local up`"
    raise PreconditionError(f"stack: not given, and no local system runs; {remedy}")


def connect(stack: str) -> Cluster:
    """The stack's cluster: the local one for stack `local`, else that of `$KUBECONFIG`.

    Raises:
        SettingsError: There is no such stack, or its settings cannot work.
        PreconditionError: There is no usable kubeconfig: nothing that a later try would find otherwise.
    """
    from infra.cluster import Cluster
    from infra.settings import load
    from infra.settings.model import LOCAL

    load(stack, paths.ROOT)
    try:
        return Cluster.connect(kubeconfig=paths.kubeconfig() if stack == LOCAL else None)
    except UnavailableError as error:
        raise PreconditionError(str(error).removeprefix("cluster unavailable: ")) from None


def say(line: str) -> None:
    """Tell progress: one line on stderr with the time, UTC."""
    typer.echo(f"{datetime.now(UTC):%H:%M:%S}  {line}", err=True)
