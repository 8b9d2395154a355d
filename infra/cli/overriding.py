"""What the commands that change the running release for a while share: options, and how the end is shown."""

from __future__ import annotations

import json as json_format
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.operations.change import Change
    from infra.rollout.overrides import Asked
    from infra.rollout.scene import Scene
    from infra.settings import Settings

Stack = Annotated[str | None, typer.Option("--stack", help="Default: $PULUMI_STACK, else local while it runs.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, one line: shown as long as it holds, and recorded.")]
Term = Annotated[str, typer.Option("--for", metavar="DURATION", help="How long it holds, 5m to 72h.")]
Timeout = Annotated[float, typer.Option("--timeout", min=1, help="Seconds until the pods must be healthy.")]
Wait = Annotated[float, typer.Option("--wait", min=0, help="Seconds to wait for another run to end.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the plan and the engine's preview; touch nothing.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]

TERM = "4h"
TIMEOUT_S = 900.0


def act(  # noqa: PLR0913 - the options that all of them have
    plan: Callable[[Scene, Settings], Change],
    *,
    stack: str | None,
    timeout: float,
    wait: float,
    dry_run: bool,
    json: bool,
) -> Change:
    """Plan a change, and carry it out or only show it; a bad end is raised, so that it becomes the exit code.

    Returns:
        The plan.

    Raises:
        RezError: As the change does.
    """
    from infra.cli import rollouts
    from infra.local import paths
    from infra.operations import overriding
    from infra.settings import load

    scene = rollouts.scene(stack, timeout)
    change = plan(scene, load(scene.stack, paths.ROOT))
    if dry_run:
        preview = [] if change.done else overriding.judge(scene, change)
        rollouts.show_plan(change.lines(scene), preview, json=json)
        return change
    result, _ = rollouts.shown(scene, lambda acting: overriding.carry_out(acting, change, wait_s=wait))
    typer.echo(json_format.dumps(result.as_json()) if json else "\n".join(result.lines(scene)))
    failure = result.error()
    if not change.done:
        rollouts.tell(scene, "\n".join(result.lines(scene)), good=failure is None)
    if failure is not None:
        raise failure
    return change


def asked(scene: Scene, reason: str, term: str = TERM) -> Asked:
    """Who asks, why and for how long."""
    from infra.rollout.overrides import Asked

    return Asked(reason, scene.by, scene.now(), term)
