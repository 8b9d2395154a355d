"""Who rolls out: each a script that brings the next release in and says what it makes of it."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import yaml

from benchmarks.peer import built
from benchmarks.rollout import argo, world
from benchmarks.rollout.peers import PEERS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from benchmarks.rollout.field import Field
    from benchmarks.rollout.scenarios import Scenario

TUNED_S = 60
SHIPPED_S = 600
"""A Deployment's own `progressDeadlineSeconds` where nobody sets it; of a Rollout, too."""

SHIPPED = "-shipped"
"""Ends the name of a tool whose deadline nobody set."""

_UNDO = f"""
if [ $code = 0 ]; then echo VERDICT good; else
  echo VERDICT bad
  $KUBECTL rollout undo deployment/{world.NAME}
  $KUBECTL rollout status deployment/{world.NAME} --timeout=60s
fi
"""
_APPLY = "$KUBECTL apply -f next.yaml && "
_WATCH_ROLLOUT = f"""
while read -r generation seen phase said; do
  echo "$phase $said"
  if [ "$generation" = "$seen" ] && [ "$phase" = Healthy ]; then echo VERDICT good; break; fi
  if [ "$generation" = "$seen" ] && [ "$phase" = Degraded ]; then echo VERDICT bad; break; fi
done < <($KUBECTL get rollouts.argoproj.io {world.NAME} --watch --output=jsonpath='{{.metadata.generation}} \
{{.status.observedGeneration}} {{.status.phase}} {{.status.message}}{{"\\n"}}')
kill $!
"""


@dataclass(frozen=True)
class Tool:
    """One way to roll out.

    Attributes:
        name: In the tables.
        install: Brings the good release in.
        deploy: Brings the next one in, and the good one back.
        hashed: Names the ConfigMap for its content.
        deadline_s: `progressDeadlineSeconds` of the workload.
    """

    name: str
    install: str
    deploy: str
    hashed: bool = False
    deadline_s: int = TUNED_S
    peer: str = ""


_KUBECTL_INSTALL = "$KUBECTL apply -f good.yaml"
_HELM = "$PEER upgrade --install api chart --set release="

_STATUS = f"{_APPLY}$KUBECTL rollout status deployment/{world.NAME}"
_TRACK = f"$PEER rollout track deployment {world.NAME} -n $NAMESPACE"

_TUNED = (
    Tool(
        "rez",
        _KUBECTL_INSTALL + " --server-side --field-manager=rez-infra",
        f"{sys.executable} -m benchmarks.rollout.ours $KUBECONFIG $NAMESPACE good.yaml next.yaml 300",
        hashed=True,
        deadline_s=300,
    ),
    Tool("kubectl", _KUBECTL_INSTALL, f"{_STATUS} --timeout={TUNED_S}s; code=$?;{_UNDO}"),
    Tool("helm3", f"{_HELM}good", f"{_HELM}next --atomic --timeout {TUNED_S}s", peer="helm3"),
    Tool("helm4", f"{_HELM}good", f"{_HELM}next --rollback-on-failure --timeout {TUNED_S}s", peer="helm4"),
    Tool("kubedog", _KUBECTL_INSTALL, f"{_APPLY}{_TRACK} --timeout {TUNED_S}; code=$?;{_UNDO}", peer="kubedog"),
    Tool(argo.NAME, _KUBECTL_INSTALL, _APPLY + _WATCH_ROLLOUT),
)
_SHIPPED = (
    Tool("kubectl", _KUBECTL_INSTALL, f"{_STATUS}; code=$?;{_UNDO}"),
    Tool("helm3", f"{_HELM}good", f"{_HELM}next --atomic", peer="helm3"),
    Tool("helm4", f"{_HELM}good", f"{_HELM}next --rollback-on-failure", peer="helm4"),
    # kubedog has no deadline of its own: the Deployment's.
    Tool("kubedog", _KUBECTL_INSTALL, f"{_APPLY}timeout {SHIPPED_S} {_TRACK}; code=$?;{_UNDO}", peer="kubedog"),
)
TOOLS = {tool.name: tool for tool in _TUNED} | {
    f"{tool.name}{SHIPPED}": replace(tool, name=f"{tool.name}{SHIPPED}", deadline_s=SHIPPED_S) for tool in _SHIPPED
}


def prepare(tool: Tool, scenario: Scenario, namespace: str, folder: Path) -> None:
    """Write the files that the scripts work with."""
    for which in ("good", "next"):
        manifests = world.manifests(namespace, which, scenario, deadline_s=tool.deadline_s, hashed=tool.hashed)
        if tool.name == argo.NAME:
            manifests = [*manifests[:-1], argo.rollout(manifests[-1])]
        (folder / f"{which}.yaml").write_text(yaml.safe_dump_all(manifests), encoding="utf-8")
    if tool.peer.startswith("helm"):
        chart = folder / "chart"
        (chart / "templates").mkdir(parents=True)
        (chart / "Chart.yaml").write_text("{apiVersion: v2, name: api, version: 0.1.0}\n", encoding="utf-8")
        template = '{{ .Files.Get (printf "%s.yaml" .Values.release) }}\n'
        (chart / "templates" / "all.yaml").write_text(template, encoding="utf-8")
        for which in ("good", "next"):
            (folder / f"{which}.yaml").rename(chart / f"{which}.yaml")


def environment(tool: Tool, field: Field, namespace: str, say: Callable[[str], None]) -> dict[str, str]:
    """What the scripts read."""
    return {
        "KUBECONFIG": str(field.kubeconfig),
        "NAMESPACE": namespace,
        "KUBECTL": f"{field.kubectl} --namespace={namespace}",
        "HELM_NAMESPACE": namespace,
        "PEER": str(built(PEERS[tool.peer], say)) if tool.peer else "",
    }
