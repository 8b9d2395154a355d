"""All rules there are, by id and by kind."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from policies.rule import Rule
from policies.rules import (
    config_map,
    container_environment,
    container_image,
    container_probes,
    container_resources,
    container_security,
    deployment,
    hpa,
    namespace,
    pdb,
    pod_security,
    role,
    secret,
    service,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_FILES: Final = (
    config_map,
    container_environment,
    container_image,
    container_probes,
    container_resources,
    container_security,
    deployment,
    hpa,
    namespace,
    pdb,
    pod_security,
    role,
    secret,
    service,
)


def _by_kind(rules: Iterable[Rule]) -> Mapping[str, tuple[Rule, ...]]:
    index: dict[str, list[Rule]] = defaultdict(list)
    for rule in rules:
        for kind in rule.kinds:
            index[kind].append(rule)
    return {kind: tuple(found) for kind, found in index.items()}


RULES: Final = tuple(
    sorted((item for file in _FILES for item in vars(file).values() if isinstance(item, Rule)), key=lambda r: r.id)
)
"""Every rule, by id."""

_ALONE: Final = _by_kind(rule for rule in RULES if rule.check is not None)
_TOGETHER: Final = _by_kind(rule for rule in RULES if rule.graph_check is not None)


def rules_for(kind: str) -> tuple[Rule, ...]:
    """Give the rules that judge an object of a kind alone."""
    return _ALONE.get(kind, ())


def stack_rules_for(kind: str) -> tuple[Rule, ...]:
    """Give the rules that judge an object of a kind among all of the stack."""
    return _TOGETHER.get(kind, ())
