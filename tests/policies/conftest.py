"""Fixtures are changes of one golden stack: what is changed, and which rules must find something in the result."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from policies.judging.judge import judge, judge_stack
from policies.objects.options import Options
from policies.objects.resources import Resource, from_manifest, from_pulumi
from policies.objects.values import UNKNOWN, Manifest, Secret
from policies.rule import Finding, Outcome

FIXTURES = Path(__file__).parent / "fixtures"


class Loader(yaml.SafeLoader):
    """YAML with `!unknown` and `!secret` values."""


Loader.add_constructor("!unknown", lambda _loader, _node: UNKNOWN)
Loader.add_constructor("!secret", lambda loader, node: Secret(loader.construct_scalar(node)))


class Stack:
    """The golden stack, to be changed and judged."""

    def __init__(self) -> None:
        text = (FIXTURES / "golden.yaml").read_text(encoding="utf-8")
        self.objects: dict[str, Manifest] = {_name(each): each for each in yaml.load_all(text, Loader)}

    def change(self, changes: dict[str, dict[str, Any] | None]) -> Stack:
        for name, fields in changes.items():
            if fields is None:
                del self.objects[name]
            if fields and "new" in fields:
                self.objects[name] = copy.deepcopy(fields["new"])
                continue
            for path, value in (fields or {}).items():
                put(self.objects[name], path.split("."), copy.deepcopy(value))
        return self

    def findings(self, stack: str = "production") -> list[Finding]:
        return find(self.resources(), stack)

    def resources(self) -> list[Resource]:
        return [resource(each, origin) for origin, each in self.objects.items()]

    def ids(self, outcome: Outcome = Outcome.VIOLATION) -> list[str]:
        return sorted({each.rule.id for each in self.findings() if each.outcome is outcome})


def find(resources: list[Resource], stack: str) -> list[Finding]:
    alone = [finding for resource in resources for finding in judge(resource, stack=stack)]
    return alone + judge_stack(resources, stack=stack)


def resource(document: Manifest, origin: str) -> Resource:
    """Make the resource of a document: what Pulumi says of it stands below `pulumi`, beside the object itself."""
    said = dict(document.get("pulumi", {}))
    token, name = said.pop("type", ""), said.pop("name", "")
    body = {key: value for key, value in document.items() if key != "pulumi"}
    options = Options(**said | {"ignore_changes": tuple(said.get("ignore_changes", ()))})
    if token:
        return from_pulumi(token, body, f"urn:pulumi:production::rez-infra::{token}::{name}", options=options)
    return from_manifest(body, origin, options=options)


def _name(document: Manifest) -> str:
    if "kind" in document:
        return f"{document['kind']}/{document['metadata']['name']}"
    return f"{document['pulumi']['type'].rpartition(':')[2]}/{document['pulumi']['name']}"


def put(target: Any, path: list[str], value: Any) -> None:
    """Set a field; None removes it; items of a list are found by their name, or by their place."""
    key, *rest = path
    if isinstance(target, list):
        index = int(key) if key.isdigit() else next(i for i, item in enumerate(target) if item["name"] == key)
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
