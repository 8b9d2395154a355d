"""Who may get what: in the namespace, and as one of its accounts in the whole cluster."""

from __future__ import annotations

from typing import Final

from policies.admission.guard import Guard
from policies.limits import NAMESPACE

_SUBJECTS: Final = "object.?subjects.orValue([])"
_EVERYBODY: Final = (
    "['system:masters', 'system:unauthenticated', 'system:anonymous', 'system:authenticated', 'system:serviceaccounts']"
)
_FOR_EVERYBODY: Final = (
    "['system:basic-user', 'system:discovery', 'system:public-info-viewer', 'system:service-account-issuer-discovery']"
)
_OWN_GROUPS: Final = f"['system:authenticated', 'system:serviceaccounts', 'system:serviceaccounts:{NAMESPACE}']"
_OWN: Final = (
    f"(s.kind == 'ServiceAccount' && s.?namespace.orValue('') == '{NAMESPACE}')"
    f" || (s.kind == 'Group' && s.name in {_OWN_GROUPS})"
    f" || (s.kind == 'User' && s.name.startsWith('system:serviceaccount:{NAMESPACE}:'))"
)
_TOO_MUCH: Final = "(object.kind == 'ClusterRoleBinding' ? ['cluster-admin', 'admin', 'edit'] : ['cluster-admin'])"

GUARD: Final = Guard(
    name="role-binding",
    group="rbac.authorization.k8s.io/v1",
    resources=("rolebindings", "clusterrolebindings"),
    judged="subjects",
    concerns=f"object.kind == 'RoleBinding' || {_SUBJECTS}.exists(s, {_OWN})",
    checks={
        "role-binding-cluster-admin": f"!(object.roleRef.kind == 'ClusterRole' && object.roleRef.name in {_TOO_MUCH})"
        f" && ((object.roleRef.kind == 'ClusterRole' && object.roleRef.name in {_FOR_EVERYBODY})"
        f" || !{_SUBJECTS}.exists(s, s.kind in ['Group', 'User'] && s.name in {_EVERYBODY}))",
    },
)
"""ClusterRoleBindings that are about other accounts are the cluster's own, which writes some itself when it starts."""
