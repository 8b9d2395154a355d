"""Who a pod is to the API server: an account of its own, whose token it does not carry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.limits import SECURITY_SOURCE
from policies.pods import WORKLOADS, pods
from policies.rule import About, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.node import Node, Violation

_SNIPPET: Final = """\
spec:
  serviceAccountName: merchant-backend
  automountServiceAccountToken: false
"""


@rule(
    About(
        id="pod-service-account-token",
        severity=Severity.HIGH,
        title="No pod carries an API server token",
        why="An intruder would talk to the API server in the pod's name; the API never does",
        remedy="set automountServiceAccountToken to false in the pod's spec",
        snippet=_SNIPPET,
        source=SECURITY_SOURCE,
    ),
    kinds=WORKLOADS,
    each=pods,
)
def service_account_token(pod: Node) -> Iterator[Violation]:
    """Ask for an explicit false: the default is true."""
    if pod.get("automountServiceAccountToken") is not False:
        yield pod.must("automountServiceAccountToken", be="be false")


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
