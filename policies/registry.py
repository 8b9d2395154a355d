"""All rules there are, by id and by kind."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Final

import policies.rules
from policies.rule import Rule, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def _found() -> Iterable[Rule]:
    for module in iter_modules(policies.rules.__path__, f"{policies.rules.__name__}."):
        yield from (item for item in vars(import_module(module.name)).values() if isinstance(item, Rule))


RULES: Final = tuple(sorted(_found(), key=lambda rule: rule.id))
"""Every rule, by id."""


@cache
def _by_kind(scope: Scope) -> Mapping[str, tuple[Rule, ...]]:
    index: dict[str, list[Rule]] = defaultdict(list)
    for rule in RULES:
        if rule.scope is scope:
            for kind in rule.kinds:
                index[kind].append(rule)
    return {kind: tuple(found) for kind, found in index.items()}


def rules_for(kind: str, scope: Scope) -> tuple[Rule, ...]:
    """Give the rules of a scope that judge objects of a kind."""
    return _by_kind(scope).get(kind, ())


@cache
def judged_kinds() -> frozenset[str]:
    """Every kind that some rule judges."""
    return frozenset(kind for rule in RULES for kind in rule.kinds)
