"""The fixtures of the policies' tests as the API server is asked about them."""

from __future__ import annotations

import copy
from functools import cache
from typing import TYPE_CHECKING, Any

from policies.admission import RULES
from policies.objects.values import Secret, Unknown
from policies.rule import Outcome
from tests.policies.conftest import FIXTURES, Stack, load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.objects.values import Manifest
    from tests.system.api_server import Answer, Server

NAMESPACE = "production"
KINDS = {
    ("apps/v1", "Deployment"),
    ("apps/v1", "StatefulSet"),
    ("autoscaling/v2", "HorizontalPodAutoscaler"),
    ("policy/v1", "PodDisruptionBudget"),
    ("v1", "Service"),
    ("networking.k8s.io/v1", "Ingress"),
    ("rbac.authorization.k8s.io/v1", "Role"),
    ("rbac.authorization.k8s.io/v1", "RoleBinding"),
    ("v1", "Namespace"),
}
CASES = [f"{path.parent.name}/{path.stem}" for path in sorted(FIXTURES.glob("*/*.yaml"))]


@cache
def golden() -> Stack:
    return Stack()


@cache
def covered(case: str) -> list[tuple[Manifest, set[str]]]:
    """Objects that a fixture changes and the API server judges, with the rules of both that find something."""
    return changed(load(FIXTURES / f"{case}.yaml")["change"])


def changed(*changes: Manifest) -> list[tuple[Manifest, set[str]]]:
    stack = copy.deepcopy(golden())
    for each in changes:
        stack.change(each)
    before, now = golden().objects, stack.objects
    judged = [
        each
        for each in stack.resources()
        if before.get(each.origin) != now.get(each.origin) and _is_judged(now[each.origin])
    ]
    findings = [each for each in stack.findings() if each.outcome is Outcome.VIOLATION] if judged else []
    return [
        (
            {key: value for key, value in now[each.origin].items() if key != "pulumi"},
            {finding.rule.id for finding in findings if finding.resource.origin == each.origin} & RULES,
        )
        for each in judged
    ]


def _is_judged(body: Manifest) -> bool:
    place = "name" if body.get("kind") == "Namespace" else "namespace"
    return kind_of(body) in KINDS and body["metadata"].get(place) == NAMESPACE and _is_known(body)


def kind_of(body: Manifest) -> tuple[str, str]:
    return body.get("apiVersion", ""), body.get("kind", "")


def _is_known(value: Any) -> bool:
    if isinstance(value, dict | list):
        return all(map(_is_known, value.values() if isinstance(value, dict) else value))
    return not isinstance(value, Unknown | Secret)


def answers_to(server: Server, rule: str) -> Iterator[Answer]:
    """What the API server says to each object of the fixtures that breaks a rule."""
    return (server.create(body) for case in CASES for body, found in covered(case) if rule in found)
