"""What must hold of the containers of everything that keeps a service up."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from policies.admission.api import CONTAINERS, IS_API, IS_NAMED_API
from policies.admission.guard import Guard, quoted
from policies.credentials.values import FORMATS, HARMLESS, NAME, URI_PASSWORD
from policies.limits import (
    API_LIVENESS_PATIENCE_S,
    HEALTH_PATH,
    LIVENESS_FAILURES,
    LIVENESS_PATIENCE_S,
)

if TYPE_CHECKING:
    from collections.abc import Iterable


def _any(patterns: Iterable[re.Pattern[str]]) -> str:
    """One expression for the API server's engine (RE2), which knows flags inside the text alone."""
    return quoted("|".join(f"(?{'i' if one.flags & re.IGNORECASE else '-i'}:{one.pattern})" for one in patterns))


_CREDENTIAL: Final = _any((*FORMATS.values(), URI_PASSWORD))
_NAMED: Final = _any((NAME,))
_HARMLESS: Final = quoted(f"^(?i:{HARMLESS.pattern})$")
_DEPENDENT: Final = quoted(rf"^{HEALTH_PATH}/*(\?.*)?$")
_PINNED: Final = r'matches("^[^\\s@]+@sha256:[0-9a-f]{64}$")'
_PATIENCE_S: Final = f"(variables.is_api ? {API_LIVENESS_PATIENCE_S} : {LIVENESS_PATIENCE_S})"
_LIVE: Final = "c.livenessProbe.httpGet"
_READY: Final = "c.readinessProbe.httpGet"
_SAME_PATH: Final = (
    f"({_LIVE}.path == {_READY}.path || {_LIVE}.path == {_READY}.path + '/' || {_LIVE}.path + '/' == {_READY}.path)"
)
_PORTS: Final = f"[string({_LIVE}.port), string({_READY}.port)]"
_SAME_PORT: Final = (
    f"({_LIVE}.port == {_READY}.port || c.?ports.orValue([]).exists(p,"
    f" p.?name.orValue('') in {_PORTS} && string(p.containerPort) in {_PORTS}))"
)


def _same(handler: str) -> str:
    return f"(has(c.livenessProbe.{handler}) && c.livenessProbe.?{handler} == c.?readinessProbe.?{handler})"


GUARD: Final = Guard(
    name="workload",
    group="apps/v1",
    resources=("deployments", "statefulsets"),
    judged="spec.template",
    variables={
        "containers": CONTAINERS,
        "all": "variables.containers + object.spec.template.spec.?initContainers.orValue([])",
        "images": "object.spec.template.spec.?volumes.orValue([]).filter(v, has(v.image)).map(v, v.image)",
        "is_api": IS_API,
    },
    checks={
        "api-deployment": f"!variables.is_api || (object.kind == 'Deployment' && {IS_NAMED_API})",
        "container-resources": "variables.all.all(c, ['cpu', 'memory'].all(n,"
        " c.?resources.?requests[?n].hasValue() && quantity(c.resources.requests[n]).isGreaterThan(quantity('0'))"
        " && c.?resources.?limits[?n].hasValue() && quantity(c.resources.limits[n]).isGreaterThan(quantity('0'))))",
        "container-image-digest": f"variables.all.all(c, c.image.{_PINNED} && !c.image.contains(':latest@'))"
        f" && variables.images.all(i, i.reference.{_PINNED} && !i.reference.contains(':latest@'))",
        "container-pull-policy": "variables.all.all(c, c.imagePullPolicy == 'Always'"
        f" || (c.imagePullPolicy == 'IfNotPresent' && c.image.{_PINNED}))"
        " && variables.images.all(i, i.pullPolicy == 'Always'"
        f" || (i.pullPolicy == 'IfNotPresent' && i.reference.{_PINNED}))",
        "container-plaintext-secret": "variables.all.all(c, c.?env.orValue([]).all(e,"
        f" e.?value.orValue('').trim() == '' || !(e.value.matches({_CREDENTIAL})"
        f" || (e.name.matches({_NAMED}) && !e.value.trim().matches({_HARMLESS})))))",
        "container-readiness-probe": "variables.containers.all(c, has(c.readinessProbe))",
        "container-liveness-probe": "variables.containers.all(c, has(c.livenessProbe))",
        "container-liveness-path": "variables.containers.all(c, !has(c.livenessProbe) ||"
        f" !((variables.is_api && c.livenessProbe.?httpGet.?path.orValue('').matches({_DEPENDENT}))"
        f" || {_same('exec')} || {_same('grpc')} || (has(c.livenessProbe.httpGet) && has(c.readinessProbe)"
        f" && has(c.readinessProbe.httpGet) && {_SAME_PATH} && {_SAME_PORT})))",
        "container-liveness-patience": "variables.containers.all(c, !has(c.livenessProbe)"
        f" || (c.livenessProbe.failureThreshold >= {LIVENESS_FAILURES}"
        f" && c.livenessProbe.periodSeconds * c.livenessProbe.failureThreshold >= {_PATIENCE_S}))",
    },
)
"""Deployments and StatefulSets; Jobs are made by controllers and by `rez`, from the same templates."""
