"""What must hold of every HorizontalPodAutoscaler, and of the API's."""

from __future__ import annotations

from typing import Final

from policies.admission.guard import Guard, announced, quoted
from policies.limits import API, API_AUTOSCALER, PODS

_TARGET: Final = "object.spec.scaleTargetRef"
_VERSION: Final = f"{_TARGET}.?apiVersion.orValue('')"
_IN_APPS: Final = f"{_VERSION}.startsWith('apps/')"
_OWN_KIND: Final = (
    f"({_IN_APPS} && {_TARGET}.kind in ['Deployment', 'StatefulSet', 'ReplicaSet'])"
    f" || (!{_VERSION}.contains('/') && {_TARGET}.kind == 'ReplicationController')"
)
_FOREIGN_KIND: Final = f"{_VERSION}.matches('^[^/]*[.][^/]*/')"
_LEAST: Final = "object.spec.minReplicas"
_MOST: Final = "object.spec.maxReplicas"

GUARD: Final = Guard(
    name="hpa",
    group="autoscaling/v2",
    resources=("horizontalpodautoscalers",),
    judged="spec",
    variables={
        "of_another": f"{_TARGET}.name != {quoted(API)} && object.metadata.name != {quoted(API_AUTOSCALER)}",
    },
    checks={
        "hpa-min-replicas": f"variables.of_another || ({PODS.least} <= {_LEAST} && {_LEAST} <= {PODS.most})",
        "hpa-max-replicas": f"variables.of_another || ({PODS.least} <= {_MOST} && {_MOST} <= {PODS.most})",
        "hpa-range": f"{_LEAST} < {_MOST} || ({_LEAST} == {_MOST} && {announced('hpa-range')})",
        "hpa-target": f"variables.of_another ? ({_OWN_KIND} || {_FOREIGN_KIND})"
        f" : ({_IN_APPS} && {_TARGET}.kind == 'Deployment' && {_TARGET}.name == {quoted(API)})",
        "hpa-scale-up": "object.spec.?behavior.?scaleUp.?selectPolicy.orValue('') != 'Disabled'",
    },
)
"""An autoscaler of the API is one that names it as its target, or has the name of its autoscaler."""
