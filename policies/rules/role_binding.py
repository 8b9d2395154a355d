"""Bindings: who gets a role, and how far it reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.limits import ACCESS_SOURCE
from policies.objects.values import reveal
from policies.rule import About, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.node import Node, Violation

_GROUP: Final = "rbac.authorization.k8s.io"
_KINDS: Final = (f"RoleBinding.{_GROUP}", f"ClusterRoleBinding.{_GROUP}")
_ANYWHERE: Final = ("cluster-admin",)
_CLUSTER_WIDE: Final = (*_ANYWHERE, "admin", "edit")
_SUBJECTS: Final = (
    "system:masters",
    "system:unauthenticated",
    "system:anonymous",
    "system:authenticated",
    "system:serviceaccounts",
)
_FOR_EVERYBODY: Final = (
    "system:basic-user",
    "system:discovery",
    "system:public-info-viewer",
    "system:service-account-issuer-discovery",
)
"""What Kubernetes itself gives to everybody: to ask who one is, and what the API server can do."""
_SNIPPET: Final = """\
kind: RoleBinding
metadata: {name: rez-deployer, namespace: production}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: rez-deployer}
subjects: [{kind: ServiceAccount, name: rez-deployer, namespace: production}]
"""


def _parts(binding: Node) -> Iterator[Node]:
    yield binding.at("roleRef")
    yield from binding.each("subjects")


@rule(
    About(
        id="role-binding-cluster-admin",
        severity=Severity.CRITICAL,
        title="No binding gives the whole cluster away, and none gives anything to whoever comes by",
        why="Whoever takes over such an account, or needs none, reads every Secret and changes every pod",
        remedy="bind a Role of the Namespace that names what is needed, to an account or a group of your own",
        snippet=_SNIPPET,
        source=ACCESS_SOURCE,
    ),
    kinds=_KINDS,
    each=_parts,
)
def cluster_admin(part: Node) -> Iterator[Violation]:
    """Refuse cluster-admin everywhere, admin and edit for the whole cluster, and groups that nobody should be in."""
    if part.get("kind") == "ClusterRole":
        everywhere = part.root.text("kind") == "ClusterRoleBinding"
        if part.text("name") in (_CLUSTER_WIDE if everywhere else _ANYWHERE):
            yield part.must("name", be="be a role that names what is needed")
    elif _is_anybody(part) and not _is_for_everybody(part.root.at("roleRef")):
        yield part.must("name", be="be an account or a group of your own")


def _is_anybody(subject: Node) -> bool:
    return subject.get("kind") in ("Group", "User") and subject.text("name") in _SUBJECTS


def _is_for_everybody(role: Node) -> bool:
    # A role that is not known yet is told for itself, and excuses nobody.
    return reveal(role.at("kind").value) == "ClusterRole" and reveal(role.at("name").value) in _FOR_EVERYBODY
