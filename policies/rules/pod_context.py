"""What a security context may say of the node's other guards: AppArmor, SELinux and Windows stay as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.cluster.pods import WORKLOADS, pods_and_containers, template
from policies.limits import SECURITY_SOURCE, SELINUX_TYPES
from policies.rule import About, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.node import Node, Violation

_CONTEXT: Final = "securityContext"
_APPARMOR: Final = ("RuntimeDefault", "Localhost")
_ANNOTATION: Final = "container.apparmor.security.beta.kubernetes.io/"
_ANNOTATED: Final = ("", "runtime/default")


def _parts(workload: Node) -> Iterator[Node]:
    yield template(workload).at("metadata", "annotations")
    yield from (part.at(_CONTEXT) for part in pods_and_containers(workload))


@rule(
    About(
        id="pod-security-context",
        severity=Severity.HIGH,
        title="No security context loosens AppArmor or SELinux, or makes a container a process of a Windows node",
        why="These guards hold when a container's own program is taken over",
        remedy="remove appArmorProfile, seLinuxOptions and windowsOptions.hostProcess, or name a confining profile",
        snippet="securityContext: {appArmorProfile: {type: RuntimeDefault}}\n",
        source=SECURITY_SOURCE,
    ),
    kinds=WORKLOADS,
    each=_parts,
)
def security_context(part: Node) -> Iterator[Violation]:
    """Refuse what Pod Security's baseline refuses of them: in the pod, in containers and in AppArmor's annotations."""
    for key in part.mapping():
        if str(key).startswith(_ANNOTATION) and not _confines(part.text(key)):
            yield part.must(key, be="be runtime/default")
    if part.get("appArmorProfile") is not None and part.get("appArmorProfile", "type") not in _APPARMOR:
        yield part.must("appArmorProfile", "type", be="be RuntimeDefault")
    if part.text("seLinuxOptions", "type") not in ("", *SELINUX_TYPES):
        yield part.must("seLinuxOptions", "type", be=f"be one of {', '.join(SELINUX_TYPES)}")
    for key in ("user", "role"):
        if part.get("seLinuxOptions", key) not in (None, ""):
            yield part.must("seLinuxOptions", key, be="not be set")
    if part.get("windowsOptions", "hostProcess") not in (None, False):
        yield part.must("windowsOptions", "hostProcess", be="be false")


def _confines(profile: str) -> bool:
    return profile in _ANNOTATED or profile.startswith("localhost/")
