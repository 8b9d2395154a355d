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
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from policies.objects.node import Node

    Pick = Callable[[Node], Iterable[Node]]
    Together = tuple[Pick, Sequence[Rule]]


def _found() -> Iterable[Rule]:
    for module in iter_modules(policies.rules.__path__, f"{policies.rules.__name__}."):
        yield from (item for item in vars(import_module(module.name)).values() if isinstance(item, Rule))


RULES: Final = tuple(sorted(_found(), key=lambda rule: rule.id))
"""Every rule, by id."""


@cache
def _by_kind(scope: Scope) -> Mapping[str, Collection[Together]]:
    index: dict[str, dict[Pick, list[Rule]]] = defaultdict(lambda: defaultdict(list))
    for rule in RULES:
        if rule.scope is scope:
            for kind in rule.kinds:
                index[kind][rule.each].append(rule)
    return {kind: tuple(groups.items()) for kind, groups in index.items()}


def rules_by_parts(kind: str, scope: Scope) -> Collection[Together]:
    """Give the rules of a scope that judge objects of a kind, together where they judge the same parts."""
    return _by_kind(scope).get(kind, ())


@cache
def judged_kinds() -> frozenset[str]:
    """Every kind that some rule judges."""
    return frozenset(kind for rule in RULES for kind in rule.kinds)
