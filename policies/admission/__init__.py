"""Kubernetes' own admission: the rules that CEL can judge on one object, enforced against `kubectl` too.

The API server judges what people and programs write in the namespace `production`: workloads, autoscalers, budgets,
Services, Ingresses, Roles and their bindings, and the Namespace itself. It leaves alone what controllers make of them
(pods, ReplicaSets, EndpointSlices) and what they keep books in (ConfigMaps, Secrets): nothing may stop a controller.
Pods are judged by Pod Security already.

An update is judged only if it changes what the policy judges, so that an object that was bad before can still be
labelled, scaled and deleted.

Whoever can write a bad object can also annotate it, so the annotation `policies.rez.dev/exempt` lets pass only what the
runbook itself does for a while: pods pinned at a number within the bounds (`hpa-range`), and up to 2Gi of memory
(`deployment-memory-limit`). While another exemption is in force, the program names its rule and its object in `exempt`:
there that rule warns, and leaves a trace in the audit log, instead of denying; for every object where the exemption
names none. The object is known by its name alone, and CEL judges an object as one: an exemption of one field holds for
all that the rule says of the object. The API server reads its policies anew every second, and they judge previews too:
an update of the policies alone has to come before one of what they are to let through.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from policies import registry
from policies.admission import deployment, hpa, ingress, namespace, pdb, role, role_binding, scale, service, workload
from policies.admission.guard import quoted

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from policies.objects.values import Manifest

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


def manifests(exempt: Mapping[str, Collection[str]] = MappingProxyType({})) -> list[Manifest]:
    """Make the policies and their bindings.

    Args:
        exempt: Objects for which a rule is to warn instead of deny, by the rule's id, as in
            `Deployment production/merchant-backend`, "" for every object; what is never exempt denies all the same.

    Returns:
        Pairs of a ValidatingAdmissionPolicy and the ValidatingAdmissionPolicyBinding that puts it in force.
    """
    aside = {rule: objects for rule, objects in exempt.items() if rule not in _NEVER_EXEMPT}
    found: list[Manifest] = []
    for guard in GUARDS:
        checks = [(rule, check, aside.get(rule, ())) for rule, check in guard.checks.items()]
        denying = {rule: _but(check, objects) for rule, check, objects in checks if "" not in objects}
        found += guard.manifests(denying, exempt=False)
        warning = {rule: _only(check, objects) for rule, check, objects in checks if objects}
        found += guard.manifests(warning, exempt=True)
    return found


def _but(check: str, objects: Collection[str]) -> str:
    return f"{_named(objects)} || ({check})" if objects else check


def _only(check: str, objects: Collection[str]) -> str:
    return check if "" in objects else f"!({_named(objects)}) || ({check})"


def _named(objects: Collection[str]) -> str:
    """Ask in CEL for one of these names; a Scale has its Deployment's name, and a kind of its own."""
    names = sorted({each.rpartition(" ")[2].rpartition("/")[2] for each in objects})
    return f"object.metadata.name in [{', '.join(map(quoted, names))}]"
