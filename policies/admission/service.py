"""What must hold of every Service."""

from __future__ import annotations

from typing import Final

from policies.admission.guard import Guard, quoted
from policies.limits import DATABASE_PORTS, PUBLIC_SERVICE

_DATABASES: Final = f"[{', '.join(f'dyn({port})' for port in sorted(DATABASE_PORTS))}]"

GUARD: Final = Guard(
    name="service",
    group="/v1",
    resources=("services",),
    judged="spec",
    variables={
        "ports": "object.spec.?ports.orValue([])",
        "is_open": "object.spec.type in ['LoadBalancer', 'NodePort']"
        " || object.spec.?externalIPs.orValue([]).size() > 0",
    },
    checks={
        "service-exposed": "(object.spec.type != 'NodePort'"
        f" && (object.spec.type != 'LoadBalancer' || object.metadata.name == {quoted(PUBLIC_SERVICE)}))"
        " && object.spec.?externalIPs.orValue([]).size() == 0",
        "service-database-exposed": "!variables.is_open || !variables.ports.exists(p,"
        f" p.port in {_DATABASES} || p.?targetPort.orValue(0) in {_DATABASES})",
    },
)
"""The one public Service is known by its name; which pods are behind a Service, another object says."""
