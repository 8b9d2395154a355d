"""What must hold of every Role."""

from __future__ import annotations

from typing import Final

from policies.admission.guard import Guard

_WORDS: Final = ("apiGroups", "resources", "verbs")


def _none(condition: str) -> str:
    return f"!object.?rules.orValue([]).exists(r, {condition})"


GUARD: Final = Guard(
    name="role",
    group="rbac.authorization.k8s.io/v1",
    resources=("roles",),
    judged="rules",
    checks={
        "role-wildcard": _none(" || ".join(f"r.?{key}.orValue([]).exists(w, w.contains('*'))" for key in _WORDS)),
        "role-pod-exec": _none("r.?resources.orValue([]).exists(w, w in ['pods/exec', 'pods/attach', 'nodes/proxy'])"),
        "role-escalation": _none(
            "r.verbs.exists(v, v in ['bind', 'escalate', 'impersonate'])"
            " || ('create' in r.verbs && 'serviceaccounts/token' in r.?resources.orValue([]))"
        ),
        "role-secrets-list": _none(
            "'secrets' in r.?resources.orValue([]) && r.verbs.exists(v, v in ['list', 'watch', 'deletecollection'])"
        ),
    },
)
"""Roles of the namespace; ClusterRoles are the cluster's own, which writes wildcards itself when it starts."""
