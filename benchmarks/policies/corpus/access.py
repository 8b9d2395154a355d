"""Roles, their bindings and ServiceAccounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchmarks.policies.corpus.app import App

_GRANTS = (
    {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "list", "watch"]},
    {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["get", "patch"]},
    {"apiGroups": ["batch"], "resources": ["jobs"], "verbs": ["create", "get"]},
)
_TOO_MUCH = (
    {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]},
    {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "list"]},
    {"apiGroups": [""], "resources": ["pods/exec"], "verbs": ["create"]},
)


def role(app: App) -> dict[str, Any]:
    """A Role; some grant too much."""
    draw = app.draw("role")
    rules = [draw.pick("first", _GRANTS)]
    if draw.happens("too much", 25):
        rules.append(draw.pick("what", _TOO_MUCH))
    return app.object("rbac.authorization.k8s.io/v1/Role", app.name, {"rules": rules})


def binding(app: App) -> dict[str, Any]:
    """The binding of the application's Role to its ServiceAccount."""
    body = {
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": app.name},
        "subjects": [{"kind": "ServiceAccount", "name": app.name, "namespace": app.namespace}],
    }
    return app.object("rbac.authorization.k8s.io/v1/RoleBinding", app.name, body)


def account(app: App) -> dict[str, Any]:
    """The application's ServiceAccount."""
    return app.object("v1/ServiceAccount", app.name, {"automountServiceAccountToken": False})
