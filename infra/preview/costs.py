"""What a deletion or a replacement costs while it lasts, and for good; and what a change sets in motion. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.judging.holdings import held

if TYPE_CHECKING:
    from policies.judging.step import PlanStep
    from policies.objects.resources import Resource

_RBAC: Final = "rbac.authorization.k8s.io"
_RULES: Final = "whoever has these permissions by it is denied meanwhile"
_MEANWHILE: Final = {
    "ConfigMap": "pods that start meanwhile do not find it, and fail",
    "DaemonSet.apps": "its pods end before new ones start",
    "Deployment.apps": "every pod ends before new ones start: an outage of a minute or more",
    "HorizontalPodAutoscaler.autoscaling": "nobody scales the pods meanwhile",
    "Ingress.networking.k8s.io": "requests from outside get no answer meanwhile, and its address may change",
    "NetworkPolicy.networking.k8s.io": "what it allows is cut off meanwhile, what it forbids is open",
    "PodDisruptionBudget.policy": "a drain may end every pod at once meanwhile",
    "Secret": "pods that start meanwhile do not find it, and fail",
    "Service": "the load balancer and its address are gone: an outage until DNS names the new one",
    "ServiceAccount": "its pods cannot start meanwhile, and running ones lose their token",
    "StatefulSet.apps": "every pod ends before new ones start: an outage until all have joined again",
    f"ClusterRole.{_RBAC}": _RULES,
    f"ClusterRoleBinding.{_RBAC}": _RULES,
    f"Role.{_RBAC}": _RULES,
    f"RoleBinding.{_RBAC}": _RULES,
    "ValidatingAdmissionPolicy.admissionregistration.k8s.io": "the API server does not enforce it meanwhile",
    "ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io": "the API server does not enforce it meanwhile",
    "mongodbatlas:index/databaseUser:DatabaseUser": "whoever signs in with it is refused meanwhile",
    "mongodbatlas:index/projectIpAccessList:ProjectIpAccessList": "clients in that range are cut off meanwhile",
}
_POD_OWNERS: Final = ("DaemonSet.apps", "Deployment.apps", "StatefulSet.apps")
_TEMPLATE: Final = "spec.template"


def of_loss(step: PlanStep) -> str:
    """What it costs to delete or replace an object."""
    resource = step.resource
    lost = held(resource)
    stays = f"{lost} will stay, without an owner" if lost else "it stays where it is, without an owner"
    if step.retained:
        return stays
    meanwhile = _MEANWHILE.get(resource.kind, "")
    if not step.replaces:
        meanwhile = meanwhile.replace(" meanwhile", " from then on")
    return "; ".join(part for part in (f"{lost} will be lost" if lost else "", meanwhile) if part)


def of_change(resource: Resource, paths: list[str]) -> str:
    """What a change in place sets in motion."""
    if resource.kind in _POD_OWNERS and any(path.startswith(_TEMPLATE) for path in paths):
        return "all its pods are replaced, a few at a time"
    return ""
