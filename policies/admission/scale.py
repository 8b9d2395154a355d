"""How many pods of the API there may be, for everybody who sets the number: people by `kubectl scale`, and the HPA."""

from __future__ import annotations

from typing import Final

from policies.admission.api import IS_NAMED_API
from policies.admission.guard import Guard
from policies.limits import PODS

_REPLICAS: Final = "object.?spec.?replicas.orValue(0)"
"""A Scale to 0 arrives without the number, as every 0 that may be left out."""

GUARD: Final = Guard(
    name="scale",
    group="apps/v1",
    resources=("deployments", "deployments/scale"),
    judged="spec.replicas",
    concerns=IS_NAMED_API,
    checks={
        # A new Deployment that leaves the number to its HPA arrives here with Kubernetes' default of one.
        "deployment-replicas": f"{PODS.least} <= {_REPLICAS} && {_REPLICAS} <= {PODS.most}"
        f" || (oldObject == null && {_REPLICAS} == 1)",
    },
)
"""Both the Deployment and its Scale have the number at the same place; a number that stays is not judged."""
