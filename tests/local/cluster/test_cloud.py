from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from infra.errors import UnavailableError
from infra.local.cluster import cloud
from infra.local.cluster.cloud import Cloud, load_balancer_status, volume_for

if TYPE_CHECKING:
    from pathlib import Path

Manifest = dict[str, Any]
NODES = ["node1", "node2"]


def service(type_: str = "LoadBalancer", **status: Any) -> Manifest:
    return {
        "metadata": {"name": "api", "namespace": "production"},
        "spec": {"type": type_, "clusterIP": "10.96.0.7", "ports": [{"port": 80}, {"port": 53, "protocol": "UDP"}]},
        "status": status,
    }


def claim(phase: str = "Pending", storage_class: str = "rez-local") -> Manifest:
    return {
        "metadata": {"name": "storage", "namespace": "production", "uid": "u-1"},
        "spec": {
            "storageClassName": storage_class,
            "accessModes": ["ReadWriteMany"],
            "resources": {"requests": {"storage": "50Gi"}},
        },
        "status": {"phase": phase},
    }


class FakeCluster:
    """Lists what it was given, notes what it was asked to change."""

    def __init__(self, **objects: list[Manifest]) -> None:
        self.objects = objects
        self.patched: list[tuple[str, Manifest]] = []
        self.applied: list[Manifest] = []
        self.deleted: list[str] = []

    def list(self, _: str, kind: str) -> list[Manifest]:
        return self.objects.get(kind, [])

    def path(self, _: str, kind: str, *, namespace: str, name: str) -> str:
        return f"/{namespace}/{kind}/{name}"

    def request(self, method: str, path: str, *, body: Manifest, query: dict[str, str], content_type: str) -> None:
        assert (method, content_type) == ("PATCH", "application/apply-patch+yaml")
        self.patched.append((path, body))

    def apply(self, manifest: Manifest, *, field_manager: str) -> None:
        self.applied.append(manifest)

    def delete(self, _: str, __: str, name: str) -> None:
        self.deleted.append(name)


def at_work(folder: Path, **objects: list[Manifest]) -> tuple[Cloud, FakeCluster, list[tuple[str, int, str]]]:
    cluster = FakeCluster(**objects)
    published: list[tuple[str, int, str]] = []
    seen: Any = cluster
    return Cloud(seen, folder, NODES, lambda *what: published.append(what)), cluster, published


def test_the_address_is_the_hosts_and_left_to_it() -> None:
    status = load_balancer_status(service())["status"]["loadBalancer"]["ingress"]
    ports = [{"port": 80, "protocol": "TCP"}, {"port": 53, "protocol": "UDP"}]
    assert status == [{"ip": "127.0.0.1", "ipMode": "Proxy", "ports": ports}]


def test_a_volume_is_bound_to_its_claim_and_seen_by_every_node(tmp_path: Path) -> None:
    volume = volume_for(claim(), tmp_path, NODES)
    assert volume["metadata"]["name"] == "pvc-u-1"
    spec = volume["spec"]
    assert spec["claimRef"]["uid"] == "u-1"
    assert spec["capacity"] == {"storage": "50Gi"}
    assert spec["accessModes"] == ["ReadWriteMany"]
    assert spec["local"] == {"path": str(tmp_path / "pvc-u-1")}
    term = spec["nodeAffinity"]["required"]["nodeSelectorTerms"][0]["matchExpressions"][0]
    assert term["values"] == NODES


def test_a_new_load_balancer_is_published_and_gets_its_address(tmp_path: Path) -> None:
    cloud_, cluster, published = at_work(tmp_path, Service=[service()])
    cloud_._services()
    assert published == [("production/api", 80, "10.96.0.7"), ("production/api", 53, "10.96.0.7")]
    assert [path for path, _ in cluster.patched] == ["/production/Service/api/status"]


def test_one_that_has_its_address_is_only_published_again(tmp_path: Path) -> None:
    known = service(loadBalancer={"ingress": [{"ip": "127.0.0.1"}]})
    cloud_, cluster, published = at_work(tmp_path, Service=[known])
    cloud_._services()
    assert len(published) == 2
    assert cluster.patched == []


@pytest.mark.parametrize("type_", ["ClusterIP", "NodePort", "ExternalName"])
def test_other_services_are_left_alone(tmp_path: Path, type_: str) -> None:
    cloud_, cluster, published = at_work(tmp_path, Service=[service(type_)])
    cloud_._services()
    assert (published, cluster.patched) == ([], [])


def test_a_pending_claim_gets_a_folder_that_every_user_may_write(tmp_path: Path) -> None:
    cloud_, cluster, _ = at_work(tmp_path / "volumes", PersistentVolumeClaim=[claim()])
    cloud_._claims()
    assert (tmp_path / "volumes/pvc-u-1").stat().st_mode & 0o777 == 0o777
    assert [v["metadata"]["name"] for v in cluster.applied] == ["pvc-u-1"]


@pytest.mark.parametrize("given", [claim("Bound"), claim(storage_class="gp3")])
def test_bound_or_foreign_claims_are_left_alone(tmp_path: Path, given: Manifest) -> None:
    cloud_, cluster, _ = at_work(tmp_path, PersistentVolumeClaim=[given])
    cloud_._claims()
    assert cluster.applied == []
    assert list(tmp_path.iterdir()) == []


def test_a_released_volume_is_deleted_with_its_data(tmp_path: Path) -> None:
    volume = volume_for(claim(), tmp_path, NODES) | {"status": {"phase": "Released"}}
    (tmp_path / "pvc-u-1").mkdir()
    (tmp_path / "pvc-u-1/data").touch()
    cloud_, cluster, _ = at_work(tmp_path, PersistentVolume=[volume])
    cloud_._released()
    assert cluster.deleted == ["pvc-u-1"]
    assert list(tmp_path.iterdir()) == []


def test_a_volume_in_use_is_kept(tmp_path: Path) -> None:
    volume = volume_for(claim(), tmp_path, NODES) | {"status": {"phase": "Bound"}}
    cloud_, cluster, _ = at_work(tmp_path, PersistentVolume=[volume])
    cloud_._released()
    assert cluster.deleted == []


@pytest.mark.parametrize("where", ["precious", ".", "volumes/../precious", "volumes/pvc-u-1/below"])
def test_folders_that_are_not_volumes_of_ours_are_never_deleted(tmp_path: Path, where: str) -> None:
    for folder in ("precious", "volumes/pvc-u-1/below"):
        (tmp_path / folder).mkdir(parents=True)
    volume = volume_for(claim(), tmp_path / "volumes", NODES) | {"status": {"phase": "Released"}}
    volume["spec"]["local"]["path"] = f"{tmp_path}/{where}"
    cloud_, cluster, _ = at_work(tmp_path / "volumes", PersistentVolume=[volume])
    cloud_._released()
    assert cluster.deleted == []
    assert (tmp_path / "precious").is_dir()
    assert (tmp_path / "volumes/pvc-u-1/below").is_dir()


def test_a_volume_of_another_kind_is_no_folder(tmp_path: Path) -> None:
    volume = {"metadata": {"name": "nfs"}, "spec": {"nfs": {"server": "x"}}, "status": {"phase": "Released"}}
    cloud_, cluster, _ = at_work(tmp_path, PersistentVolume=[volume])
    cloud_._released()
    assert cluster.deleted == []


@pytest.mark.parametrize("failure", [UnavailableError("cluster unavailable"), OSError("address in use")])
def test_what_fails_once_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: Exception) -> None:
    answers: list[Exception | None] = [failure, None]

    def publish(*_: object) -> None:
        if answer := answers.pop(0):
            raise answer
        raise KeyboardInterrupt

    monkeypatch.setattr(cloud, "_PERIOD_S", 0)
    seen: Any = FakeCluster(Service=[service()])
    with pytest.raises(KeyboardInterrupt):
        Cloud(seen, tmp_path, NODES, publish).run()
    assert answers == []
