"""What must hold of every Service."""

from __future__ import annotations

from typing import Final

from policies.admission.guard import Guard, quoted
from policies.limits import PUBLIC_SERVICE

GUARD: Final = Guard(
    name="service",
    group="/v1",
    resources=("services",),
    judged="spec",
    checks={
        "service-exposed": "(object.spec.type != 'NodePort'"
        f" && (object.spec.type != 'LoadBalancer' || object.metadata.name == {quoted(PUBLIC_SERVICE)}))"
        " && object.spec.?externalIPs.orValue([]).size() == 0",
    },
)
"""The one public Service is known by its name."""
