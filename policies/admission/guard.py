"""What the API server judges of one kind of object, as a ValidatingAdmissionPolicy and its binding."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from policies.judging.exemptions import ANNOTATION
from policies.limits import NAMESPACE
from policies.registry import RULES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policies.objects.values import Manifest

_API_VERSION: Final = "admissionregistration.k8s.io/v1"
_TOLD: Final = {rule.id: f"{rule.id}: {rule.about.title}; {rule.about.remedy}" for rule in RULES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """The rules for one kind of object.

    CEL sees an object as the API server is about to store it: defaults are filled in.

    Attributes:
        name: The policy's name, after `rez-`.
        group: The kinds' API group, as `apps/v1`.
        resources: The kinds, as the API server names them in its addresses, `deployments/scale` included.
        judged: The field that the rules read, as `spec.template`: an update that leaves it alone passes.
        concerns: In CEL: whether an object is one that the rules are about.
        variables: CEL expressions by the name under which the checks find them, as `variables.pods`.
        checks: What must hold, in CEL, by the rule's id.
    """

    name: str
    group: str
    resources: tuple[str, ...]
    judged: str
    concerns: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    checks: Mapping[str, str]

    def manifests(self, checks: Mapping[str, str], *, exempt: bool) -> list[Manifest]:
        """Make the policy of some of the checks, and its binding.

        Args:
            checks: What must hold, in CEL, by the rule's id; nothing is made of none.
            exempt: Whether they only warn.

        Returns:
            The two objects, without labels.
        """
        if not checks:
            return []
        name = f"rez-{self.name}-exempt" if exempt else f"rez-{self.name}"
        binding = {
            "policyName": name,
            "validationActions": ["Warn", "Audit"] if exempt else ["Deny"],
            # An object without a namespace always matches, but for a Namespace, which is asked for its own labels.
            "matchResources": {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": NAMESPACE}}},
        }
        return [
            _object("ValidatingAdmissionPolicy", name, self._spec(checks)),
            _object("ValidatingAdmissionPolicyBinding", name, binding),
        ]

    def _spec(self, checks: Mapping[str, str]) -> Manifest:
        variables = [{"name": name, "expression": expression} for name, expression in self.variables.items()]
        return {
            "failurePolicy": "Fail",
            "matchConstraints": {"resourceRules": [self._resources()]},
            "matchConditions": self._conditions(),
            **({"variables": variables} if variables else {}),
            "validations": [{"expression": check, "message": _TOLD[rule]} for rule, check in checks.items()],
        }

    def _resources(self) -> Manifest:
        group, _, version = self.group.rpartition("/")
        return {
            "apiGroups": [group],
            "apiVersions": [version],
            "resources": list(self.resources),
            "operations": ["CREATE", "UPDATE"],
        }

    def _conditions(self) -> list[Manifest]:
        judged = self.judged.replace(".", ".?")
        conditions = {
            "changes-what-is-judged": f"oldObject == null || object.?{judged} != oldObject.?{judged}",
            "is-not-being-deleted": "!has(object.metadata.deletionTimestamp)",
        }
        if self.concerns:
            conditions["is-concerned"] = self.concerns
        return [{"name": name, "expression": expression} for name, expression in conditions.items()]


def quoted(value: str) -> str:
    """Write a string as CEL reads it.

    Args:
        value: Any text.

    Returns:
        The text in quotes; CEL escapes as JSON does.
    """
    return json.dumps(value)


def announced(rule: str) -> str:
    """Ask in CEL whether an object itself says that it breaks a rule for a while.

    Args:
        rule: The rule's id.

    Returns:
        An expression; it says nothing of the exemption's end, which CEL has no clock for.
    """
    return f'object.metadata.?annotations[?{quoted(ANNOTATION)}].orValue("").contains({quoted(quoted(rule))})'


def _object(kind: str, name: str, spec: Manifest) -> Manifest:
    return {"apiVersion": _API_VERSION, "kind": kind, "metadata": {"name": name}, "spec": spec}
