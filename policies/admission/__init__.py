"""Kubernetes' own admission: the rules that CEL can judge on one object, enforced against `kubectl` too.

The API server judges what people and programs write in the namespace `production`: workloads, autoscalers, budgets,
Services, Ingresses, Roles and their bindings, and the Namespace itself. It leaves alone what controllers make of them
(pods, ReplicaSets, EndpointSlices) and what they keep books in (ConfigMaps, Secrets): nothing may stop a controller.
Pods are judged by Pod Security already.

An update is judged only if it changes what the policy judges, so that an object that was bad before can still be
labelled, scaled and deleted.

Whoever can write a bad object can also annotate it, so the annotation `policies.rez.dev/exempt` lets pass only what the
runbook itself does for a while: pods pinned at a number within the bounds (`hpa-range`), and up to 2Gi of memory
(`deployment-memory-limit`). While another exemption is in force, the program names its rule in `exempt`: for every
object that rule then warns, and leaves a trace in the audit log, instead of denying. The API server reads its policies
anew every second, and they judge previews too: an update of the policies alone has to come before one of what they are
to let through.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies import registry
from policies.admission import deployment, hpa, ingress, namespace, pdb, role, role_binding, scale, service, workload

if TYPE_CHECKING:
    from collections.abc import Collection

    from policies.values import Manifest

GUARDS: Final = (
    workload.GUARD,
    deployment.GUARD,
    scale.GUARD,
    hpa.GUARD,
    pdb.GUARD,
    service.GUARD,
    ingress.GUARD,
    role.GUARD,
    role_binding.GUARD,
    namespace.GUARD,
)
"""What is judged in the API server, one guard per kind."""

RULES: Final = frozenset(rule for guard in GUARDS for rule in guard.checks)
"""The ids of the rules that hold against `kubectl` too."""

_NEVER_EXEMPT: Final = frozenset(rule.id for rule in registry.RULES if not rule.about.exemptable)


def manifests(exempt: Collection[str] = ()) -> list[Manifest]:
    """Make the policies and their bindings.

    Args:
        exempt: Ids of rules that are to warn instead of deny; those that are never exempt deny all the same.

    Returns:
        Pairs of a ValidatingAdmissionPolicy and the ValidatingAdmissionPolicyBinding that puts it in force.
    """
    aside = frozenset(exempt) - _NEVER_EXEMPT
    found: list[Manifest] = []
    for guard in GUARDS:
        found += guard.manifests([rule for rule in guard.checks if rule not in aside], exempt=False)
        found += guard.manifests([rule for rule in guard.checks if rule in aside], exempt=True)
    return found
