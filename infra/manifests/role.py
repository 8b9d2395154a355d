"""What a deployer may do in the namespace, and nothing more."""

from __future__ import annotations

from infra.manifests import Manifest, fencing, names
from infra.settings.model import NAMESPACE

_READ = ["get", "list", "watch"]
_WRITE = ["create", "get", "list", "patch", "update", "watch"]
_WRITE_AND_DELETE = [*_WRITE, "delete"]


def deployer_role() -> Manifest:
    """Roll out, watch, canary and record; no shell in a pod, and no secret that is not asked for by name."""
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": names.metadata(names.DEPLOYER, NAMESPACE),
        "rules": [
            _rule("apps", ["deployments"], _WRITE),
            _rule("apps", ["replicasets", "statefulsets"], _READ),
            _rule("autoscaling", ["horizontalpodautoscalers"], _WRITE),
            _rule("batch", ["jobs"], _WRITE_AND_DELETE),
            _rule("coordination.k8s.io", ["leases"], ["create"]),
            {**_rule("coordination.k8s.io", ["leases"], ["get", "update"]), "resourceNames": [names.DEPLOY_LEASE]},
            _rule("discovery.k8s.io", ["endpointslices"], _READ),
            _rule("metrics.k8s.io", ["pods"], ["get", "list"]),
            _rule("policy", ["poddisruptionbudgets"], _WRITE),
            _rule("", ["configmaps"], _WRITE_AND_DELETE),
            _rule("", ["secrets"], ["create", "delete", "get", "patch"]),
            _rule("", ["services"], _WRITE),
            _rule("", ["events", "persistentvolumeclaims", "resourcequotas", "serviceaccounts"], _READ),
            _rule("", ["serviceaccounts"], ["create"]),
            {**_rule("", ["serviceaccounts"], ["patch"]), "resourceNames": [fencing.NAME]},
            _rule("", ["pods"], [*_READ, "patch"]),  # a canary's pods get the Service's label
            _rule("", ["pods/log"], ["get"]),
            _rule("", ["pods/proxy"], ["get"]),
        ],
    }


def deployer_role_binding() -> Manifest:
    """The deployer's account has the deployer's role."""
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": names.metadata(names.DEPLOYER, NAMESPACE),
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": names.DEPLOYER},
        "subjects": [{"kind": "ServiceAccount", "name": names.DEPLOYER, "namespace": NAMESPACE}],
    }


def _rule(group: str, resources: list[str], verbs: list[str]) -> Manifest:
    return {"apiGroups": [group], "resources": resources, "verbs": verbs}
