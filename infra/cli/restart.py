"""`rez restart`: all pods anew, without a missed request."""

from __future__ import annotations

from infra.cli.overriding import TIMEOUT_S, DryRun, Json, Reason, Stack, Timeout, Wait, act, asked


def restart(  # noqa: PLR0913 - the command line's options
    *,
    reason: Reason,
    stack: Stack = None,
    timeout: Timeout = TIMEOUT_S,
    wait: Wait = 0,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Make every pod anew, one after the other; taken back when the new ones do not come up."""
    from infra.operations import restart

    act(
        lambda scene, _: restart.plan(scene, asked(scene, reason)),
        stack=stack,
        timeout=timeout,
        wait=wait,
        dry_run=dry_run,
        json=json,
    )
