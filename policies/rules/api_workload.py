"""What runs the API: the one Deployment that everything else is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.cluster.api import CANARY, MIGRATION, api_workloads, job_track
from policies.cluster.pods import WORKLOADS, template
from policies.limits import API, DEPLOY_SOURCE
from policies.rule import About, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.node import Node, Violation

_SNIPPET: Final = f"""\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {API}, namespace: production}}
"""


@rule(
    About(
        id="api-deployment",
        severity=Severity.CRITICAL,
        title=f"The API runs as the Deployment {API} alone",
        why="Under another kind or name it serves without autoscaler, budget and rollout, where no command looks",
        remedy=f"run it as Deployment {API}; a Job may, labelled track=canary with a deadline, or track=migration",
        snippet=_SNIPPET,
        source=f"{DEPLOY_SOURCE}; Common Operations 1-4",
    ),
    kinds=WORKLOADS,
    each=api_workloads,
)
def api_deployment(workload: Node) -> Iterator[Violation]:
    """Ask for kind and name; a canary must end by itself, a migration must not be behind the Service."""
    track = job_track(workload)
    if track == CANARY:
        if not workload.integer("spec", "activeDeadlineSeconds"):
            yield workload.must("spec", "activeDeadlineSeconds", be="be set: a canary ends by itself")
    elif track == MIGRATION:
        if template(workload).text("metadata", "labels", "app") == API:
            at = template(workload).at("metadata", "labels", "app")
            yield at.must(be="be another label: the Service would send the migration requests")
    elif workload.get("kind") != "Deployment":
        yield workload.must("kind", be=f"be Deployment: this runs the API beside or instead of Deployment {API}")
    elif workload.get("metadata", "name") != API:
        yield workload.must("metadata", "name", be=f"be {API}: this runs the API beside or instead of it")
