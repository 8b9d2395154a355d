from __future__ import annotations

import copy
import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from infra.errors import RezError, UnavailableError
from infra.local.paths import ROOT
from infra.manifests.names import VERSION_LABEL
from infra.manifests.release import Release
from infra.manifests.rendered import Rendered
from infra.rejection import ApiError
from infra.rollout.scene import Scene
from infra.rollout.snapshot import Snapshot
from infra.rollout.target import Target
from infra.settings import load as load_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FIXTURES = Path(__file__).parent / "fixtures"
KINDS = {"Deployment": "deployment", "ReplicaSet": "replicaSets", "Pod": "pods", "Event": "events"}


def load(behaviour: str) -> dict[str, Any]:
    return json.loads((FIXTURES / f"{behaviour}.json").read_text())


def rendered(version: str, image: str, config: dict[str, str]) -> str:
    """What the engine's state says of a release: the part of it that rez looks at."""
    pod = {"containers": [{"name": "api", "image": image}], "volumes": []}
    template = {"metadata": {"labels": {VERSION_LABEL: version}}, "spec": pod}
    return str(Rendered({"template": template}, config))


class FakeCluster:
    """An API server in memory: what lives, who may not reach it, what is written to it."""

    def __init__(self) -> None:
        self.live: dict[str, list[dict[str, Any]]] = {kind: [] for kind in KINDS}
        self.config_maps: dict[str, dict[str, Any]] = {}
        self.leases: dict[str, dict[str, Any]] = {}
        self.journal: list[str] = []
        self.versions = 0
        self.away = False
        self.expired = 0
        self.log = "TypeError: cannot read properties of undefined\n    at /app/server.js:7:1\n"
        self.changed = threading.Condition()

    def show(self, behaviour: str) -> None:
        found = load(behaviour)
        with self.changed:
            self.live = {
                kind: [found[key]] if isinstance(found[key], dict) else found[key] for kind, key in KINDS.items()
            }
            self.changed.notify_all()

    def _reach(self) -> None:
        if self.away:
            raise UnavailableError("cluster unavailable: https://127.0.0.1:6443: Connection refused")

    def list_page(
        self, api_version: str, kind: str, namespace: str | None = None, *, labels: str = "", fields: str = ""
    ) -> tuple[list[dict[str, Any]], str]:
        self._reach()
        return copy.deepcopy(self.live[kind]), "1"

    def watch(
        self, api_version: str, kind: str, namespace: str | None = None, **_: Any
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        before = self.live[kind]
        with self.changed:
            self.changed.wait_for(lambda: self.away or self.live[kind] is not before, timeout=0.2)
        self._reach()
        if self.live[kind] is not before:
            self.expired += 1
            raise ApiError("too old resource version", status=410, reason="Expired")
        yield "BOOKMARK", {"kind": kind, "metadata": {"resourceVersion": "2"}}

    def list(
        self, api_version: str, kind: str, namespace: str | None = None, *, labels: str = "", fields: str = ""
    ) -> list[dict[str, Any]]:
        self._reach()
        return list(self.config_maps.values())

    def get(self, api_version: str, kind: str, name: str, namespace: str | None = None) -> dict[str, Any] | None:
        self._reach()
        return copy.deepcopy(self.leases.get(name))

    def replace(self, manifest: dict[str, Any]) -> dict[str, Any]:
        self._reach()
        before = self.leases.get(manifest["metadata"]["name"])
        if before is None:
            raise ApiError("leases: not found", status=404, reason="NotFound")
        if before["metadata"]["resourceVersion"] != manifest["metadata"]["resourceVersion"]:
            raise ApiError("the object has been modified", status=409, reason="Conflict")
        return self._store(manifest)

    def patch(self, api_version: str, kind: str, name: str, namespace: str, change: dict[str, Any]) -> dict[str, Any]:
        self._reach()
        before = self.leases[name]
        return self.replace({**before, "metadata": {**before["metadata"], **change["metadata"]}})

    def _store(self, lease: dict[str, Any]) -> dict[str, Any]:
        self.versions += 1
        kept = copy.deepcopy({**lease, "metadata": {**lease["metadata"], "resourceVersion": str(self.versions)}})
        self.leases[lease["metadata"]["name"]] = kept
        self.journal.append(kept["metadata"].get("annotations", {}).get("rez.dev/journal", ""))
        return copy.deepcopy(kept)

    def create(self, manifest: dict[str, Any], *, dry_run: bool = False) -> dict[str, Any]:
        self._reach()
        name, is_lock = manifest["metadata"]["name"], manifest["kind"] in {"Lease", "ServiceAccount"}
        if name in self.config_maps or (is_lock and name in self.leases):
            raise ApiError(f"{manifest['kind']} {name}: already exists", status=409, reason="AlreadyExists")
        if is_lock:
            return self._store(manifest)
        self._fence(manifest)
        if not dry_run:
            self.config_maps[name] = manifest
        return manifest

    def _fence(self, manifest: dict[str, Any]) -> None:
        """What the API server's policy does."""
        stamp = manifest["metadata"].get("annotations", {}).get("rez.dev/fencing-token")
        current = self.leases.get("rez-fencing", {"metadata": {"annotations": {}}})["metadata"]["annotations"]
        if stamp and not stamp.startswith(f"{current.get('rez.dev/fencing-token')}."):
            raise ApiError("ValidatingAdmissionPolicy 'rez-fencing' denied request: stale", status=422)

    def delete(
        self, api_version: str, kind: str, name: str, namespace: str | None = None, *, propagation: str = "Background"
    ) -> None:
        self._reach()
        self.config_maps.pop(name, None)

    def logs(self, namespace: str, pod: str, container: str, *, previous: bool = False, tail: int = 50) -> str:
        return self.log


class FakeEngine:
    """An engine whose `up` makes the cluster show what its release is scripted to do."""

    def __init__(self, cluster: FakeCluster) -> None:
        self.cluster = cluster
        self.behaviour: dict[str, str] = {}
        self.failing: dict[str, list[BaseException | _Outage]] = {}
        self.failing_halfway: dict[str, list[BaseException]] = {}
        self.state: dict[str, Any] = {}
        self.ups: list[tuple[str | None, list[str]]] = []
        self.patches: list[str] = []
        self.records: list[str] = []
        self.settings = {"MONGODB_MAX_POOL_SIZE": "50"}
        self.made = ""
        self.previews: list[str | None] = []
        self.recoveries = 0
        self.stamps: list[str] = []
        self.plan = '{"sequence":0,"summaryEvent":{"isPreview":true,"result":"succeeded"}}'

    def up(  # noqa: PLR0913 - as the engine's
        self,
        release: str | None,
        targets: list[str],
        on_line: Callable[[str], None] | None,
        *,
        record: str,
        overrides: str,
        previewed: bool,
        stamp: str,
        stop: threading.Event,
    ) -> None:
        self.stamps.append(stamp)
        self.ups.append((release, list(targets)))
        self.records.append(record)
        self.patches.append(overrides)
        version, _, image = (release or "").partition("=")
        if failures := self.failing.get(version):
            raise failure.arises() if isinstance(failure := failures.pop(0), _Outage) else failure
        self.state["release"] = {"version": version, "image": image}
        self.state |= {"record": record}
        self.made = record or rendered(version, image, self.settings)
        self.cluster.show(self.behaviour[version])
        if failures := self.failing_halfway.get(version):
            raise failures.pop(0)

    def rendered(self) -> str:
        return self.made

    def recover(self) -> None:
        self.recoveries += 1

    def preview(
        self,
        release: str | None,
        targets: list[str],
        on_line: Callable[[str], None] | None,
        *,
        record: str,
        overrides: str,
    ) -> str:
        self.previews.append(release)
        if on_line:
            on_line("~ Deployment merchant-backend")
        return self.plan

    def outputs(self) -> dict[str, Any]:
        return copy.deepcopy(self.state)


class _Outage:
    """A failure of the engine that the API server's going away is the cause of."""

    def __init__(self, cluster: FakeCluster) -> None:
        self._cluster = cluster

    def arises(self) -> UnavailableError:
        self._cluster.away = True
        return UnavailableError("cluster unavailable")


class Stage:
    """A stack with v2 running and healthy, and what a test needs to play with it."""

    def __init__(self) -> None:
        self.cluster = FakeCluster()
        self.engine = FakeEngine(self.cluster)
        self.said: list[str] = []
        self.known = {f"v{n}": f"docker.io/rezapp/merchant-backend@sha256:{str(n) * 64}" for n in (1, 2, 3)}
        self.engine.behaviour = {f"v{n}": f"deployment/healthy-v{n}" for n in (1, 2, 3)}
        self.step_s = 1.0
        self._time = 0.0
        self.runs("v2")

    def release(self, version: str) -> Release:
        return Release(version, self.known[version])

    def runs(self, version: str) -> None:
        self.engine.state = {"release": {"version": version, "image": self.known[version]}, "namespace": "production"}
        self.engine.made = rendered(version, self.known[version], self.engine.settings)
        self.cluster.show(self.engine.behaviour[version])

    def clock(self) -> float:
        self._time += self.step_s
        return self._time

    def outage(self) -> _Outage:
        return _Outage(self.cluster)

    def pause(self, seconds: float) -> None:
        self._time += seconds

    def scene(self, timeout_s: float = 600) -> Scene:
        return Scene(
            stack="local",
            cluster=self.cluster,
            engine=self.engine,
            say=self.said.append,
            timeout_s=timeout_s,
            by="me@here",
            settings=load_settings("local", ROOT),
            metrics=None,
            target=Target(),
            clock=self.clock,
            pause=self.pause,
            now=lambda: datetime(2026, 11, 23, tzinfo=UTC) + timedelta(seconds=self._time),
        )


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.fixture
def snapshot() -> Callable[[str], Snapshot]:
    def read(behaviour: str) -> Snapshot:
        found = load(behaviour)
        return Snapshot(found["deployment"], found["replicaSets"], found["pods"], found["events"])

    return read


@pytest.fixture
def engine_failure() -> RezError:
    return RezError("Deployment production/merchant-backend: spec.template: Invalid value")
