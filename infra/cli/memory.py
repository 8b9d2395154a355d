"""`rez memory SIZE|resume`: more memory for each pod, for a while."""

from __future__ import annotations

from typing import Annotated

import typer

from infra.cli.overriding import TERM, TIMEOUT_S, DryRun, Json, Reason, Stack, Term, Timeout, Wait, act, asked

_RESUME = "resume"


def memory(  # noqa: PLR0913 - the command line's options
    size: Annotated[str, typer.Argument(metavar="SIZE|resume", help="At most 2Gi; resume: as declared, now.")],
    *,
    reason: Reason,
    term: Term = TERM,
    stack: Stack = None,
    timeout: Timeout = TIMEOUT_S,
    wait: Wait = 0,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Raise the memory limit of each pod, and Node's heap cap with it; pods are made anew, without a missed request."""
    from infra.operations import memory

    act(
        lambda scene, settings: (
            memory.resume(scene, settings, reason)
            if size == _RESUME
            else memory.limit(scene, settings, asked(scene, reason, term), size)
        ),
        stack=stack,
        timeout=timeout,
        wait=wait,
        dry_run=dry_run,
        json=json,
    )
