"""Kinds of objects that several rules judge."""

from __future__ import annotations

from typing import Final

from policies.cluster.pods import WORKLOADS

NAMESPACED: Final = (
    *WORKLOADS,
    "Service",
    "ConfigMap",
    "Secret",
    "PersistentVolumeClaim",
    "ServiceAccount",
    "HorizontalPodAutoscaler.autoscaling",
    "PodDisruptionBudget.policy",
    "Ingress.networking.k8s.io",
    "NetworkPolicy.networking.k8s.io",
    "Role.rbac.authorization.k8s.io",
    "RoleBinding.rbac.authorization.k8s.io",
)
"""What a service is made of inside its Namespace."""
