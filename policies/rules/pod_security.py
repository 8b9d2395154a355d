"""What a pod may share with its node and with the API server: nothing it does not need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.limits import SECURITY_SOURCE
from policies.pods import WORKLOADS, containers, pods, volumes
from policies.rule import About, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.node import Node, Violation

_SNIPPET: Final = """\
spec:
  automountServiceAccountToken: false
  securityContext:
    runAsNonRoot: true
    runAsUser: 1000
    seccompProfile: {type: RuntimeDefault}
"""
_CONTEXT: Final = "securityContext"
_SECCOMP: Final = ("RuntimeDefault", "Localhost")


@rule(
    About(
        id="pod-run-as-non-root",
        severity=Severity.HIGH,
        title="No container runs as root",
        why="Root in the container is root on the node for many an escape",
        remedy="set runAsNonRoot to true in the pod's securityContext, and a runAsUser above 0 if the image has none",
        snippet=_SNIPPET,
        source=SECURITY_SOURCE,
    ),
    kinds=WORKLOADS,
    each=containers,
)
def run_as_non_root(container: Node) -> Iterator[Violation]:
    """Ask for the flag on the container or, unless that says otherwise, on its pod; refuse user 0."""
    if _effective(container, "runAsNonRoot") is not True:
        yield container.must(_CONTEXT, "runAsNonRoot", be="be true here or in the pod's securityContext")
    if _effective(container, "runAsUser") == 0:
        yield container.must(_CONTEXT, "runAsUser", be="not be 0 here or in the pod's securityContext")


@rule(
    About(
        id="pod-seccomp",
        severity=Severity.HIGH,
        title="Every container runs under a seccomp profile",
        why="Most kernel holes are behind system calls that no API needs",
        remedy="set seccompProfile.type to RuntimeDefault in the pod's securityContext",
        snippet=_SNIPPET,
        source=SECURITY_SOURCE,
    ),
    kinds=WORKLOADS,
    each=containers,
)
def seccomp(container: Node) -> Iterator[Violation]:
    """Ask for a profile on the container or, unless that says otherwise, on its pod."""
    if _effective(container, "seccompProfile", "type") not in _SECCOMP:
        yield container.must(
            _CONTEXT, "seccompProfile", "type", be="be RuntimeDefault here or in the pod's securityContext"
        )


@rule(
    About(
        id="pod-host-namespaces",
        severity=Severity.CRITICAL,
        title="No pod shares its node's network, processes or IPC",
        why="Such a pod sees and reaches what NetworkPolicies and containers keep apart",
        remedy="remove hostNetwork, hostPID and hostIPC",
        snippet=_SNIPPET,
        source=SECURITY_SOURCE,
    ),
    kinds=WORKLOADS,
    each=pods,
)
def host_namespaces(pod: Node) -> Iterator[Violation]:
    """Refuse all three."""
    for key in ("hostNetwork", "hostPID", "hostIPC"):
        if pod.get(key) not in (None, False):
            yield pod.must(key, be="be false")


@rule(
    About(
        id="pod-host-path",
        severity=Severity.CRITICAL,
        title="No pod mounts a directory of its node",
        why="A hostPath volume reaches other pods' data and, as a container runtime's socket, the whole node",
        remedy="use a claim, an emptyDir, a ConfigMap or a Secret",
        snippet="volumes:\n  - {name: tmp, emptyDir: {}}\n",
        source=SECURITY_SOURCE,
    ),
    kinds=WORKLOADS,
    each=volumes,
)
def host_path(volume: Node) -> Iterator[Violation]:
    """Refuse hostPath volumes."""
    if volume.get("hostPath") is not None:
        yield volume.must("hostPath", "path", be="not be mounted")


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


def _effective(container: Node, *keys: str) -> object:
    own = container.get(_CONTEXT, *keys)
    if own is not None:
        return own
    return next((pod.get(_CONTEXT, *keys) for pod in pods(container.root)), None)
