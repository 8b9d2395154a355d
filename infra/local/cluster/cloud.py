"""What a cloud does for a cluster: an address for each LoadBalancer Service, a volume for each claim."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infra.local.cluster.layout import STORAGE_CLASS

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.cluster import Cluster

Manifest = dict[str, Any]
_PERIOD_S = 0.5
_MANAGER = "rez-local-cloud"


def load_balancer_status(service: Manifest) -> Manifest:
    """Status of a LoadBalancer Service; the address is the host's, so kube-proxy is told to leave it alone."""
    ports = [{"port": p["port"], "protocol": p.get("protocol", "TCP")} for p in service["spec"]["ports"]]
    ingress = [{"ip": "127.0.0.1", "ipMode": "Proxy", "ports": ports}]
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": service["metadata"]["name"], "namespace": service["metadata"]["namespace"]},
        "status": {"loadBalancer": {"ingress": ingress}},
    }


def volume_for(claim: Manifest, folder: Path, nodes: list[str]) -> Manifest:
    """The volume of a claim: one folder of the host, which every local node sees (so ReadWriteMany is true)."""
    meta, spec = claim["metadata"], claim["spec"]
    name = f"pvc-{meta['uid']}"
    hosts = {"key": "kubernetes.io/hostname", "operator": "In", "values": nodes}
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": name},
        "spec": {
            "capacity": {"storage": spec["resources"]["requests"]["storage"]},
            "accessModes": spec["accessModes"],
            "storageClassName": STORAGE_CLASS,
            "persistentVolumeReclaimPolicy": "Delete",
            "local": {"path": str(folder / name)},
            "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [hosts]}]}},
            "claimRef": {
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "name": meta["name"],
                "namespace": meta["namespace"],
                "uid": meta["uid"],
            },
        },
    }


class Cloud:
    """Gives what is asked for, twice a second.

    Args:
        cluster: The API server, as an administrator.
        volumes: Folder that holds the volumes.
        nodes: Names of the nodes.
        publish: Called with (namespace/name, Service port, cluster address) of every port of a LoadBalancer Service.
    """

    def __init__(
        self, cluster: Cluster, volumes: Path, nodes: list[str], publish: Callable[[str, int, str], None]
    ) -> None:
        self._cluster = cluster
        self._volumes = volumes
        self._nodes = nodes
        self._publish = publish

    def run(self) -> None:
        """Serve for ever; what fails once (an API server that restarts) is tried again the next time."""
        while True:
            try:
                self._services()
                self._claims()
                self._released()
            except Exception as error:  # noqa: BLE001 - one odd object must not end the service of all others
                print(f"cloud: {error!r}", flush=True)
            time.sleep(_PERIOD_S)

    def _services(self) -> None:
        for service in self._cluster.list("v1", "Service"):
            if service["spec"].get("type") != "LoadBalancer":
                continue
            meta = service["metadata"]
            for port in service["spec"]["ports"]:
                self._publish(f"{meta['namespace']}/{meta['name']}", port["port"], service["spec"]["clusterIP"])
            if not service.get("status", {}).get("loadBalancer", {}).get("ingress"):
                path = self._cluster.path("v1", "Service", namespace=meta["namespace"], name=meta["name"])
                self._cluster.request(
                    "PATCH",
                    path + "/status",
                    query={"fieldManager": _MANAGER},
                    body=load_balancer_status(service),
                    content_type="application/apply-patch+yaml",
                )

    def _claims(self) -> None:
        for claim in self._cluster.list("v1", "PersistentVolumeClaim"):
            pending = claim.get("status", {}).get("phase") == "Pending"
            if pending and claim["spec"].get("storageClassName") == STORAGE_CLASS:
                volume = volume_for(claim, self._volumes, self._nodes)
                folder = Path(volume["spec"]["local"]["path"])
                folder.mkdir(parents=True, exist_ok=True)
                folder.chmod(0o777)  # any user of a pod may write, as on a network share
                self._cluster.apply(volume, field_manager=_MANAGER)

    def _released(self) -> None:
        for volume in self._cluster.list("v1", "PersistentVolume"):
            gone = volume.get("status", {}).get("phase") in ("Released", "Failed")
            folder = Path(volume["spec"].get("local", {}).get("path", "/"))
            if gone and folder.parent == self._volumes:  # a volume of somebody else's making is none of ours to delete
                self._cluster.delete("v1", "PersistentVolume", volume["metadata"]["name"])
                shutil.rmtree(folder, ignore_errors=True)
