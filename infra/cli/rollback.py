"""`rez rollback [VERSION]`."""

from __future__ import annotations

from typing import Annotated

import typer


def rollback(  # noqa: PLR0913 - the command line's options
    version: Annotated[str | None, typer.Argument(help="A version that served; default: the last good one.")] = None,
    *,
    stack: Annotated[str | None, typer.Option(help="Default: $PULUMI_STACK, else local while it runs.")] = None,
    timeout: Annotated[float, typer.Option(min=1, help="Seconds until the release must be healthy.")] = 900,
    wait: Annotated[float, typer.Option(min=0, help="Seconds to wait for another run to end.")] = 0,
    escape_hatch: Annotated[
        bool, typer.Option("--escape-hatch", help="Past the engine, straight to the API server: when it is broken.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the plan and the engine's preview; touch nothing.")
    ] = False,
    report: Annotated[
        str | None, typer.Option(metavar="FILE", help="Gets the whole report: FILE.md or FILE.json.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Go back to a release that served, and watch it until it serves again."""
    from infra.cli import report_file, rollouts
    from infra.rollout import bring, hatch
    from infra.rollout import rollback as task

    report_file.refuse(report)
    scene = rollouts.scene(stack, timeout)
    if escape_hatch:
        past = hatch.preflight(scene, version)
        if dry_run:
            rollouts.show_plan(past.lines(scene), [], json=json)
        else:
            rollouts.finish(scene, lambda acting: hatch.rollback(acting, past, wait_s=wait), json=json, file=report)
        return
    plan = task.preflight(scene, version)
    if dry_run:
        preview = [] if plan.done else bring.judge(scene, plan.release, record=plan.record.rendered).said
        rollouts.show_plan(plan.lines(scene), preview, json=json)
    else:
        rollouts.finish(scene, lambda acting: task.rollback(acting, plan, wait_s=wait), json=json, file=report)
