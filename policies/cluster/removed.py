"""API versions that Kubernetes has removed.

Source: Kubernetes documentation, Deprecated API Migration Guide; for 1.34 the lifecycle in k8s.io/api 0.35.
"""

from __future__ import annotations

from typing import Final, NamedTuple

SERVED: Final = "1.35"
"""The version that the service runs on."""


class Removed(NamedTuple):
    """What became of an API version.

    Attributes:
        since: The first release without it.
        instead: The version that replaced it, "" where none did.
    """

    since: str
    instead: str


_RBAC: Final = "rbac.authorization.k8s.io"
_FLOW: Final = "flowcontrol.apiserver.k8s.io"
_ADMISSION: Final = "admissionregistration.k8s.io"

_BY_VERSION: Final = (
    ("1.16", "apps/v1beta1", "apps/v1", "Deployment ReplicaSet StatefulSet ControllerRevision"),
    ("1.16", "apps/v1beta2", "apps/v1", "DaemonSet Deployment ReplicaSet StatefulSet ControllerRevision"),
    ("1.16", "extensions/v1beta1", "apps/v1", "DaemonSet Deployment ReplicaSet"),
    ("1.16", "extensions/v1beta1", "networking.k8s.io/v1", "NetworkPolicy"),
    ("1.16", "extensions/v1beta1", "", "PodSecurityPolicy"),
    ("1.22", "extensions/v1beta1", "networking.k8s.io/v1", "Ingress"),
    ("1.22", "networking.k8s.io/v1beta1", "networking.k8s.io/v1", "Ingress IngressClass"),
    (
        "1.22",
        f"{_ADMISSION}/v1beta1",
        f"{_ADMISSION}/v1",
        "MutatingWebhookConfiguration ValidatingWebhookConfiguration",
    ),
    ("1.22", "apiextensions.k8s.io/v1beta1", "apiextensions.k8s.io/v1", "CustomResourceDefinition"),
    ("1.22", "apiregistration.k8s.io/v1beta1", "apiregistration.k8s.io/v1", "APIService"),
    ("1.22", "authentication.k8s.io/v1beta1", "authentication.k8s.io/v1", "TokenReview"),
    (
        "1.22",
        "authorization.k8s.io/v1beta1",
        "authorization.k8s.io/v1",
        "LocalSubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview SubjectAccessReview",
    ),
    ("1.22", "certificates.k8s.io/v1beta1", "certificates.k8s.io/v1", "CertificateSigningRequest"),
    ("1.22", "coordination.k8s.io/v1beta1", "coordination.k8s.io/v1", "Lease"),
    ("1.22", f"{_RBAC}/v1beta1", f"{_RBAC}/v1", "ClusterRole ClusterRoleBinding Role RoleBinding"),
    ("1.22", "scheduling.k8s.io/v1beta1", "scheduling.k8s.io/v1", "PriorityClass"),
    ("1.22", "storage.k8s.io/v1beta1", "storage.k8s.io/v1", "CSIDriver CSINode StorageClass VolumeAttachment"),
    ("1.25", "autoscaling/v2beta1", "autoscaling/v2", "HorizontalPodAutoscaler"),
    ("1.25", "batch/v1beta1", "batch/v1", "CronJob"),
    ("1.25", "discovery.k8s.io/v1beta1", "discovery.k8s.io/v1", "EndpointSlice"),
    ("1.25", "events.k8s.io/v1beta1", "events.k8s.io/v1", "Event"),
    ("1.25", "node.k8s.io/v1beta1", "node.k8s.io/v1", "RuntimeClass"),
    ("1.25", "policy/v1beta1", "policy/v1", "PodDisruptionBudget"),
    ("1.25", "policy/v1beta1", "", "PodSecurityPolicy"),
    ("1.26", "autoscaling/v2beta2", "autoscaling/v2", "HorizontalPodAutoscaler"),
    ("1.26", f"{_FLOW}/v1beta1", f"{_FLOW}/v1", "FlowSchema PriorityLevelConfiguration"),
    ("1.27", "storage.k8s.io/v1beta1", "storage.k8s.io/v1", "CSIStorageCapacity"),
    ("1.29", f"{_FLOW}/v1beta2", f"{_FLOW}/v1", "FlowSchema PriorityLevelConfiguration"),
    ("1.32", f"{_FLOW}/v1beta3", f"{_FLOW}/v1", "FlowSchema PriorityLevelConfiguration"),
    ("1.34", f"{_ADMISSION}/v1beta1", f"{_ADMISSION}/v1", "ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding"),
)

REMOVED: Final = {
    (version, kind): Removed(since, instead) for since, version, instead, kinds in _BY_VERSION for kind in kinds.split()
}
"""What became of each removed apiVersion and kind."""
