"""Who a pod is to the API server: an account of its own, whose token it does not carry."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from policies.cluster.pods import WORKLOADS, pods, volumes
from policies.limits import SECURITY_SOURCE
from policies.rule import About, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.node import Node, Violation

_SNIPPET: Final = """\
spec:
  serviceAccountName: merchant-backend
  automountServiceAccountToken: false
"""
_PROJECTED: Final = "serviceAccountToken"
_API_SERVER: Final = re.compile(
    r"^(https://)?kubernetes(\.default(\.svc(\.cluster\.local)?)?)?/?$|^api$"
    r"|^https://(oidc\.eks|container\.googleapis\.com/v1/projects)|\.oic\.prod-aks\.azure\.com"
)
"""What API servers call themselves: by Kubernetes' defaults, and as issuers of tokens in the large clouds."""


def _tokens(workload: Node) -> Iterator[Node]:
    yield from pods(workload)
    for volume in volumes(workload):
        for source in volume.each("projected", "sources"):
            if (token := source.at(_PROJECTED)).value is not None:
                yield token


@rule(
    About(
        id="pod-service-account-token",
        severity=Severity.HIGH,
        title="No pod carries an API server token",
        why="An intruder would talk to the API server in the pod's name; the API never does",
        remedy="set automountServiceAccountToken to false in the pod's spec; mount no token but for another audience",
        snippet=_SNIPPET,
        source=SECURITY_SOURCE,
    ),
    kinds=WORKLOADS,
    each=_tokens,
)
def service_account_token(part: Node) -> Iterator[Violation]:
    """Ask for an explicit false, since the default is true, and for another audience of tokens mounted by hand."""
    if part.name == _PROJECTED:
        audience = part.text("audience")
        if not audience or _API_SERVER.search(audience):
            yield part.must("audience", be="be another service than the API server, which is the default")
    elif part.get("automountServiceAccountToken") is not False:
        yield part.must("automountServiceAccountToken", be="be false")


@rule(
    About(
        id="pod-service-account",
        severity=Severity.MEDIUM,
        title="Every pod has a ServiceAccount of its own",
        why="Whatever is once granted to the account default, every pod of the Namespace gets",
        remedy="declare a ServiceAccount and name it in serviceAccountName",
        snippet=_SNIPPET,
        source=SECURITY_SOURCE,
    ),
    kinds=WORKLOADS,
    each=pods,
)
def service_account(pod: Node) -> Iterator[Violation]:
    """Refuse the account that a pod gets unasked; serviceAccount is the field's old name, which still counts."""
    name = pod.get("serviceAccountName") or pod.get("serviceAccount")
    if name in (None, "", "default"):
        yield pod.must("serviceAccountName", be="name an account of its own")
