"""What a pod may be on its node: no root, under a seccomp profile, apart from the node's own processes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.cluster.pods import WORKLOADS, linux_containers, pods, pods_and_containers
from policies.limits import SAFE_SYSCTLS, SECURITY_SOURCE
from policies.rule import About, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.node import Node, Violation

_SNIPPET: Final = """\
spec:
  securityContext:
    runAsNonRoot: true
    runAsUser: 1000
    seccompProfile: {type: RuntimeDefault}
"""
_CONTEXT: Final = "securityContext"
_SECCOMP: Final = ("RuntimeDefault", "Localhost")


def _linux_parts(workload: Node) -> Iterator[Node]:
    yield from pods(workload)
    yield from linux_containers(workload)


def _sysctls(workload: Node) -> Iterator[Node]:
    for pod in pods(workload):
        yield from pod.each(_CONTEXT, "sysctls")


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
    each=pods_and_containers,
)
def run_as_non_root(part: Node) -> Iterator[Violation]:
    """Ask for the flag on the container or its pod; refuse its opposite and user 0 on both, as Pod Security does."""
    if part.get(_CONTEXT, "runAsNonRoot") not in (None, True) or _missing(part, "runAsNonRoot"):
        yield part.must(_CONTEXT, "runAsNonRoot", be="be true here or in the pod's securityContext")
    if part.get(_CONTEXT, "runAsUser") == 0:
        yield part.must(_CONTEXT, "runAsUser", be="not be 0")


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
    each=_linux_parts,
)
def seccomp(part: Node) -> Iterator[Violation]:
    """Ask for a profile on the container or its pod; refuse any other on both, as Pod Security does."""
    profile = ("seccompProfile", "type")
    if part.get(_CONTEXT, *profile) not in (None, *_SECCOMP) or _missing(part, *profile):
        yield part.must(_CONTEXT, *profile, be="be RuntimeDefault here or in the pod's securityContext")


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
        id="pod-sysctls",
        severity=Severity.HIGH,
        title="Pods set no kernel setting that reaches beyond them",
        why="An unsafe sysctl changes the node for every pod on it, or switches a protection off",
        remedy="remove it from securityContext.sysctls, or set it on a node group of its own",
        snippet="securityContext:\n  sysctls:\n    - {name: net.ipv4.tcp_keepalive_time, value: '300'}\n",
        source=SECURITY_SOURCE,
    ),
    kinds=WORKLOADS,
    each=_sysctls,
)
def sysctls(sysctl: Node) -> Iterator[Violation]:
    """Refuse all that are not on the standard's list."""
    if sysctl.text("name") not in SAFE_SYSCTLS:
        yield sysctl.must("name", be="be one of the standard's safe sysctls")


def _missing(part: Node, *keys: str) -> bool:
    """Tell whether a container says nothing, and its pod nothing for it; the pod itself need not say anything."""
    if part.get(_CONTEXT, *keys) is not None:
        return False
    pod = next(pods(part.root))
    return pod.get(_CONTEXT, *keys) is None and part.steps != pod.steps
