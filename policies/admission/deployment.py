"""What must hold of the API's own Deployment."""

from __future__ import annotations

from typing import Final

from policies.admission.api import API_CONTAINERS, IMAGE, IS_API
from policies.admission.guard import Guard, announced, quoted
from policies.limits import CPU_MILLICORES, DRAIN_S, MEMORY_FOR_A_WHILE_MIB, MEMORY_MIB, Range

_ZERO: Final = '[dyn(0), dyn("0%")]'

_FOR_A_WHILE: Final = MEMORY_MIB._replace(most=MEMORY_FOR_A_WHILE_MIB)


def _within(side: str, name: str, bounds: Range, unit: str) -> str:
    amount = f"c.resources.{side}[{quoted(name)}]"
    return (
        f"variables.api.all(c, c.?resources.?{side}[?{quoted(name)}].hasValue()"
        f" && quantity({amount}).compareTo(quantity({quoted(f'{bounds.least}{unit}')})) >= 0"
        f" && quantity({amount}).compareTo(quantity({quoted(f'{bounds.most}{unit}')})) <= 0)"
    )


GUARD: Final = Guard(
    name="deployment",
    group="apps/v1",
    resources=("deployments",),
    judged="spec",
    concerns=IS_API,
    variables={
        "api": API_CONTAINERS,
        "grace": "object.spec.template.spec.terminationGracePeriodSeconds",
    },
    checks={
        "deployment-strategy": "object.spec.strategy.type == 'RollingUpdate'"
        f" && object.spec.strategy.rollingUpdate.maxUnavailable in {_ZERO}"
        f" && !(object.spec.strategy.rollingUpdate.maxSurge in {_ZERO})",
        "deployment-cpu-request": _within("requests", "cpu", CPU_MILLICORES, "m"),
        "deployment-cpu-limit": _within("limits", "cpu", CPU_MILLICORES, "m"),
        "deployment-memory-request": _within("requests", "memory", MEMORY_MIB, "Mi"),
        "deployment-memory-limit": f"{_within('limits', 'memory', MEMORY_MIB, 'Mi')}"
        f" || ({announced('deployment-memory-limit')} && {_within('limits', 'memory', _FOR_A_WHILE, 'Mi')})",
        "deployment-graceful-stop": "variables.api.all(c, has(c.lifecycle) && has(c.lifecycle.preStop)"
        " && (c.lifecycle.preStop.?sleep.?seconds.orValue(0) > 0"
        " || has(c.lifecycle.preStop.exec) || has(c.lifecycle.preStop.httpGet))"
        f" && variables.grace >= c.lifecycle.preStop.?sleep.?seconds.orValue(0) + {DRAIN_S})",
        "deployment-startup-probe": "variables.api.all(c, has(c.startupProbe))",
        "container-image-repository": f"variables.api.all(c, c.image.matches({IMAGE}))",
    },
)
"""The Deployment by its name, and any other that runs the API."""
