"""What must hold of every Ingress."""

from __future__ import annotations

from typing import Final

from policies.admission.guard import Guard

_CERTIFICATES: Final = (
    "['alb.ingress.kubernetes.io/certificate-arn', 'ingress.gcp.kubernetes.io/pre-shared-cert',"
    " 'networking.gke.io/managed-certificates']"
)
_HOLDS: Final = (
    "h == r.host || (h.startsWith('*.') && r.host.contains('.') && h == '*' + r.host.substring(r.host.indexOf('.')))"
)
_SERVED: Final = (
    "variables.tls.exists(t, r.?host.orValue('') == '' || t.?hosts.orValue([]).size() == 0"
    f" || t.hosts.exists(h, {_HOLDS}))"
)

GUARD: Final = Guard(
    name="ingress",
    group="networking.k8s.io/v1",
    resources=("ingresses",),
    judged="spec",
    variables={
        "tls": "object.spec.?tls.orValue([])",
        "in_clear": "object.metadata.?annotations[?'nginx.ingress.kubernetes.io/ssl-redirect'].orValue('') == 'false'",
        "elsewhere": f"{_CERTIFICATES}.exists(k, object.metadata.?annotations[?k].orValue('') != '')",
    },
    checks={
        "ingress-tls": "variables.elsewhere || (!variables.in_clear && variables.tls.size() > 0"
        f" && object.spec.?rules.orValue([]).all(r, {_SERVED}))",
    },
)
"""A cloud's load balancer has its certificate by an annotation; controllers that write others are left alone."""
