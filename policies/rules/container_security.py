"""What a container may do to its node: nothing it does not need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.cluster.pods import WORKLOADS, containers, linux_containers
from policies.limits import SECURITY_SOURCE
from policies.rule import About, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.node import Node, Violation

_SNIPPET: Final = """\
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
"""
_ADDABLE: Final = "NET_BIND_SERVICE"


@rule(
    About(
        id="container-privileged",
        severity=Severity.CRITICAL,
        title="No container is privileged",
        why="A privileged container owns its node and every pod on it",
        remedy="remove securityContext.privileged",
        snippet=_SNIPPET,
        source=SECURITY_SOURCE,
    ),
    kinds=WORKLOADS,
    each=containers,
)
def privileged(container: Node) -> Iterator[Violation]:
    """Refuse privileged containers."""
    if container.get("securityContext", "privileged") not in (None, False):
        yield container.must("securityContext", "privileged", be="be false")


@rule(
    About(
        id="container-privilege-escalation",
        severity=Severity.HIGH,
        title="No container can gain privileges",
        why="A setuid program in the image would make an intruder root",
        remedy="set securityContext.allowPrivilegeEscalation to false",
        snippet=_SNIPPET,
        source=SECURITY_SOURCE,
    ),
    kinds=WORKLOADS,
    each=linux_containers,
)
def privilege_escalation(container: Node) -> Iterator[Violation]:
    """Ask for an explicit false: the default is true."""
    if container.get("securityContext", "allowPrivilegeEscalation") is not False:
        yield container.must("securityContext", "allowPrivilegeEscalation", be="be false")


@rule(
    About(
        id="container-capabilities",
        severity=Severity.HIGH,
        title="Every container drops all capabilities",
        why="Capabilities are pieces of root; the API needs none",
        remedy="set securityContext.capabilities.drop to [ALL] and add nothing but NET_BIND_SERVICE",
        snippet=_SNIPPET,
        source=SECURITY_SOURCE,
    ),
    kinds=WORKLOADS,
    each=linux_containers,
)
def capabilities(container: Node) -> Iterator[Violation]:
    """Ask for ALL to be dropped and nothing dangerous to be added."""
    context = container.at("securityContext", "capabilities")
    if "ALL" not in [item.text() for item in context.each("drop")]:
        yield context.must("drop", be="hold ALL")
    for item in context.each("add"):
        if item.text() != _ADDABLE:
            yield item.must(be=f"not be added (only {_ADDABLE} may)")


@rule(
    About(
        id="container-read-only-root",
        severity=Severity.MEDIUM,
        title="Every container's root filesystem is read-only",
        why="An intruder cannot leave anything behind in the container",
        remedy="set securityContext.readOnlyRootFilesystem to true and mount an emptyDir where the program writes",
        snippet=_SNIPPET,
        source=SECURITY_SOURCE,
    ),
    kinds=WORKLOADS,
    each=linux_containers,
)
def read_only_root(container: Node) -> Iterator[Violation]:
    """Ask for the flag."""
    if container.get("securityContext", "readOnlyRootFilesystem") is not True:
        yield container.must("securityContext", "readOnlyRootFilesystem", be="be true")
