"""`rez deploy VERSION`."""

from __future__ import annotations

from typing import Annotated

import typer


def deploy(  # noqa: PLR0913 - the command line's options
    version: Annotated[str, typer.Argument(help="Such as v2, or v2@sha256:DIGEST.")],
    *,
    stack: Annotated[str | None, typer.Option(help="Default: $PULUMI_STACK, else local while it runs.")] = None,
    timeout: Annotated[float, typer.Option(min=1, help="Seconds until the release must be healthy.")] = 900,
    canary: Annotated[
        bool, typer.Option("--canary/--no-canary", help="Try the release beside what serves before it is rolled out.")
    ] = True,
    on_inconclusive: Annotated[
        str | None,
        typer.Option(help="When the canary says too little: extend, promote or abort. Default: by the stack file."),
    ] = None,
    wait: Annotated[float, typer.Option(min=0, help="Seconds to wait for another run to end.")] = 0,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the plan and the engine's preview; touch nothing.")
    ] = False,
    report: Annotated[
        str | None, typer.Option(metavar="FILE", help="Gets the whole report: FILE.md or FILE.json.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Bring a release in, watch it, and take it back by itself when it is bad."""
    from functools import partial

    from infra.cli import report_file, rollouts
    from infra.cli.stack import say
    from infra.local import paths
    from infra.local.images import archive
    from infra.manifests.names import REPOSITORY
    from infra.rollout import bring
    from infra.rollout import deploy as task
    from infra.rollout.releases import known_images
    from infra.settings import load
    from infra.settings.model import LOCAL
    from infra.supply.connect import images

    report_file.refuse(report)
    scene = rollouts.with_canary(rollouts.scene(stack, timeout), wanted=canary, on_inconclusive=on_inconclusive)
    if scene.stack == LOCAL:
        labels = partial(archive.labels, paths.image_archive())
        known = known_images(paths.images())
        plan = task.preflight(scene, version, known=known, repository=REPOSITORY, labels=labels)
    else:
        provenance = load(scene.stack, paths.ROOT).provenance
        found = images(REPOSITORY, provenance, say=say)
        plan = task.preflight(scene, version, known={}, repository=REPOSITORY, images=found, labels=found.labels)
    if dry_run:
        preview = [] if plan.done else bring.judge(scene, plan.release).said
        rollouts.show_plan(plan.lines(scene), preview, json=json)
    else:
        rollouts.finish(scene, lambda acting: task.deploy(acting, plan, wait_s=wait), json=json, file=report)
