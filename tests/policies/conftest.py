"""Fixtures are changes of one golden stack: what is changed, and which rules must find something in the result."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from policies.judge import judge, judge_stack
from policies.resources import Resource, from_manifest
from policies.rule import Finding, Outcome
from policies.values import UNKNOWN, Manifest, Secret

FIXTURES = Path(__file__).parent / "fixtures"


class Loader(yaml.SafeLoader):
    """YAML with `!unknown` and `!secret` values."""


Loader.add_constructor("!unknown", lambda _loader, _node: UNKNOWN)
Loader.add_constructor("!secret", lambda loader, node: Secret(loader.construct_scalar(node)))


class Stack:
    """The golden stack, to be changed and judged."""

    def __init__(self) -> None:
        text = (FIXTURES / "golden.yaml").read_text(encoding="utf-8")
        self.objects: dict[str, Manifest] = {
            f"{each['kind']}/{each['metadata']['name']}": each for each in yaml.load_all(text, Loader)
        }

    def change(self, changes: dict[str, dict[str, Any] | None]) -> Stack:
        for name, fields in changes.items():
            if fields is None:
                del self.objects[name]
            for path, value in (fields or {}).items():
                put(self.objects[name], path.split("."), copy.deepcopy(value))
        return self

    def findings(self, stack: str = "production") -> list[Finding]:
        resources = [from_manifest(each, origin) for origin, each in self.objects.items()]
        return find(resources, stack)

    def ids(self, outcome: Outcome = Outcome.VIOLATION) -> list[str]:
        return sorted({each.rule.id for each in self.findings() if each.outcome is outcome})


def find(resources: list[Resource], stack: str) -> list[Finding]:
    alone = [finding for resource in resources for finding in judge(resource, stack=stack)]
    return alone + [finding for _, finding in judge_stack(resources, stack=stack)]


def put(target: Any, path: list[str], value: Any) -> None:
    """Set a field; None removes it; items of a list are found by their name."""
    key, *rest = path
    if isinstance(target, list):
        index = next(index for index, item in enumerate(target) if item["name"] == key)
        if rest:
            put(target[index], rest, value)
        else:
            target[index] = value
    elif rest:
        put(target.setdefault(key, {}), rest, value)
    elif value is None:
        target.pop(key, None)
    else:
        target[key] = value


def load(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader)
    return loaded


@pytest.fixture
def golden() -> Stack:
    return Stack()


@pytest.fixture
def load_fixture() -> Any:
    return load
