"""What a NetworkPolicy keeps in, as Kubernetes reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policies.objects.node import Node


def directions(policy: Node) -> frozenset[str]:
    """Tell in which directions a policy isolates the pods it selects.

    Args:
        policy: A NetworkPolicy.

    Returns:
        `Ingress`, `Egress` or both; without policyTypes it is Ingress, and Egress if there are rules for it.
    """
    named = frozenset(kind.text() for kind in policy.each("spec", "policyTypes"))
    if named:
        return named
    return frozenset({"Ingress", "Egress"} if policy.get("spec", "egress") else {"Ingress"})
