"""Roles: what a person or a pipeline may do, named one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.limits import ACCESS_SOURCE
from policies.rule import About, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.node import Node, Violation

_KINDS: Final = ("Role.rbac.authorization.k8s.io", "ClusterRole.rbac.authorization.k8s.io")
_SNIPPET: Final = """\
rules:
  - {apiGroups: [apps], resources: [deployments], verbs: [get, list, watch, patch]}
"""
_SHELLS: Final = ("pods/exec", "pods/attach", "nodes/proxy")
_TAKES: Final = ("bind", "escalate", "impersonate")
_TOKENS: Final = "serviceaccounts/token"
_NAMELESS: Final = ("list", "watch", "deletecollection")


def _grants(role: Node) -> Iterator[Node]:
    yield from role.each("rules")


@rule(
    About(
        id="role-wildcard",
        severity=Severity.CRITICAL,
        title="No Role grants everything of a kind of right",
        why="A wildcard also grants what is added later, such as reading secrets or a shell in every pod",
        remedy="name apiGroups, resources and verbs one by one",
        snippet=_SNIPPET,
        source=ACCESS_SOURCE,
    ),
    kinds=_KINDS,
    each=_grants,
)
def wildcard(grant: Node) -> Iterator[Violation]:
    """Refuse * anywhere."""
    for key in ("apiGroups", "resources", "verbs", "nonResourceURLs"):
        if any("*" in word for word in _words(grant, key)):
            yield grant.must(key, be="name each one")


@rule(
    About(
        id="role-pod-exec",
        severity=Severity.HIGH,
        title="No Role grants a shell in pods",
        why="exec leaves no trace of what was done, and reads every secret of the process",
        remedy="remove pods/exec, pods/attach and nodes/proxy; `rez` debugs with a recorded ephemeral container",
        snippet=_SNIPPET,
        source=ACCESS_SOURCE,
    ),
    kinds=_KINDS,
    each=_grants,
)
def pod_exec(grant: Node) -> Iterator[Violation]:
    """Refuse exec and attach, and the kubelet's own interface, which has both."""
    if any(word in _SHELLS for word in _words(grant, "resources")):
        yield grant.must("resources", be=f"hold none of {', '.join(_SHELLS)}")


@rule(
    About(
        id="role-secrets-list",
        severity=Severity.HIGH,
        title="No Role grants the listing of Secrets",
        why="list and watch hand out every Secret's content at once, without a name that would have to be known",
        remedy="grant get on Secrets, with resourceNames where the names are known",
        snippet="rules:\n  - {apiGroups: [''], resources: [secrets], verbs: [get]}\n",
        source=ACCESS_SOURCE,
    ),
    kinds=_KINDS,
    each=_grants,
)
def secrets_list(grant: Node) -> Iterator[Violation]:
    """Refuse what reads or deletes without a name."""
    if "secrets" in _words(grant, "resources") and any(verb in _NAMELESS for verb in _words(grant, "verbs")):
        yield grant.must("verbs", be=f"hold none of {', '.join(_NAMELESS)}")


@rule(
    About(
        id="role-escalation",
        severity=Severity.CRITICAL,
        title="No Role lets its holder take rights that it does not name",
        why="Whoever may bind Roles, act as others or make their tokens has all of their rights too",
        remedy="remove the verbs bind, escalate and impersonate, and the right to create serviceaccounts/token",
        snippet=_SNIPPET,
        source=f"{ACCESS_SOURCE}; Kubernetes documentation, RBAC Good Practices: Privilege escalation risks",
    ),
    kinds=_KINDS,
    each=_grants,
)
def escalation(grant: Node) -> Iterator[Violation]:
    """Refuse the verbs that take rights, and other accounts' tokens."""
    verbs = _words(grant, "verbs")
    if any(verb in _TAKES for verb in verbs):
        yield grant.must("verbs", be=f"hold none of {', '.join(_TAKES)}")
    if "create" in verbs and _TOKENS in _words(grant, "resources"):
        yield grant.must("resources", be=f"not hold {_TOKENS}")


def _words(grant: Node, key: str) -> list[str]:
    return [item.text() for item in grant.each(key)]
