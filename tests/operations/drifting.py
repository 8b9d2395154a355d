"""A stack, its cluster and its engine, played with recorded objects."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from infra.drift.declared import Declared, Ref, ref_of
from infra.operations.drift import Scene
from infra.rejection import ApiError
from tests.drift.conftest import recorded

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from infra.drift.compare import Seen
    from infra.errors import RezError
    from infra.manifests import Manifest


def urn(manifest: Manifest) -> str:
    return f"urn:pulumi:local::rez-infra::kubernetes:{manifest['apiVersion']}:{manifest['kind']}::x"


@dataclass
class FakeCluster:
    """Answers with what was recorded; refuses what it is told to."""

    seen: dict[Ref, Seen]
    listed: list[Manifest] = field(default_factory=list)
    errors: dict[str, Exception] = field(default_factory=dict)
    applied: list[tuple[Ref, bool, bool]] = field(default_factory=list)

    def _ask(self, verb: str, kind: str) -> None:
        if error := self.errors.get(f"{verb} {kind}"):
            raise error

    def get(self, api_version: str, kind: str, name: str, namespace: str | None = None) -> Manifest | None:
        self._ask("get", kind)
        return self.seen[Ref(api_version, kind, namespace or "", name)].live

    def list(
        self, api_version: str, kind: str, namespace: str | None = None, *, labels: str = "", fields: str = ""
    ) -> list[Manifest]:
        self._ask("list", kind)
        return [each for each in self.listed if each["kind"] == kind]

    def apply(self, manifest: Manifest, *, force: bool = False, dry_run: bool = False) -> Manifest:
        self._ask("apply", manifest["kind"])
        ref = ref_of(manifest)
        self.applied.append((ref, force, dry_run))
        seen = self.seen[ref]
        if seen.applied is None:
            causes = [{"field": "data", "message": "field is immutable", "reason": ""}]
            raise ApiError(seen.refusal, status=422, causes=causes)
        return seen.applied

    def patch(self, api_version: str, kind: str, name: str, namespace: str, change: dict[str, Any]) -> Manifest:
        self._ask("patch", kind)
        ref = Ref(api_version, kind, namespace, name)
        live = self.seen[ref].live or {}
        if change["metadata"]["resourceVersion"] != live["metadata"]["resourceVersion"]:
            raise ApiError("the object has been modified", status=409)
        patched = {**live, "metadata": {**live["metadata"], **change["metadata"]}}
        self.seen[ref] = replace(self.seen[ref], live=patched)
        return patched


@dataclass
class FakeEngine:
    """Knows a state and a program; a run makes live what was recorded as unchanged."""

    declared: list[Manifest]
    program: list[Manifest]
    cluster: FakeCluster
    stack: str = "local"
    others: list[str] = field(default_factory=list)
    refusal: RezError | None = None
    failure: RezError | None = None
    planned: list[list[str]] = field(default_factory=list)
    ran: list[list[str]] = field(default_factory=list)

    def state(self) -> dict[str, Any]:
        objects = [
            {
                "urn": urn(each),
                "type": f"kubernetes:{each['apiVersion']}:{each['kind']}",
                "custom": True,
                "inputs": each,
            }
            for each in self.declared
        ]
        others = [{"urn": f"urn:{token}", "type": token, "custom": True, "inputs": {}} for token in self.others]
        return {"deployment": {"resources": [*objects, *others]}}

    def plan_back(self, targets: Sequence[str], on_line: Callable[[str], None] | None, *, refresh: bool = True) -> str:
        if self.refusal:
            raise self.refusal
        self.planned.append(list(targets))
        events = [self._event(each) for each in self.program if urn(each) in targets]
        return "\n".join(json.dumps(each) for each in (*events, {"sequence": 9, "summaryEvent": {}}))

    def recover(self) -> None:
        """Nothing was left."""

    def take_back(self, targets: Sequence[str], on_line: Callable[[str], None] | None) -> None:
        if self.failure:
            raise self.failure
        self.ran.append(list(targets))
        for ref, seen in self.cluster.seen.items():
            if seen.applied is not None:
                self.cluster.seen[ref] = type(seen)(seen.applied, seen.applied)

    @staticmethod
    def _event(manifest: Manifest) -> dict[str, Any]:
        token = f"kubernetes:{manifest['apiVersion']}:{manifest['kind']}"
        state = {"urn": urn(manifest), "type": token, "custom": True, "inputs": manifest}
        return {"sequence": 1, "resourcePreEvent": {"metadata": {"op": "update", "urn": urn(manifest), "new": state}}}


@dataclass
class Play:
    """The scene, and those who play it."""

    scene: Scene
    cluster: FakeCluster
    engine: FakeEngine
    said: list[str]


def play(*behaviours: str) -> Play:
    """A stack of the recorded objects, whose program declares what the state does."""
    found = [recorded(behaviour) for behaviour in behaviours]
    cluster = FakeCluster({each.ref: seen for each, seen in found})
    manifests = [each.manifest for each, _ in found]
    engine, said = FakeEngine(manifests, list(manifests), cluster), list[str]()
    return Play(Scene(engine, cluster, said.append), cluster, engine, said)


def declared_of(behaviour: str) -> Declared:
    return recorded(behaviour)[0]
