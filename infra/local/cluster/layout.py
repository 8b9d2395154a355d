"""Names, addresses and places of the local cluster: pure data, so that every part agrees on them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

NODES = 3
API_PORT = 6443
ATLAS_PORT = 8090
SERVICE_CIDR = "10.96.0.0/16"
KUBERNETES_IP = "10.96.0.1"
DNS_IP = "10.96.0.10"
DOMAIN = "cluster.local"
STORAGE_CLASS = "rez-local"


@dataclass(frozen=True)
class Node:
    """One node: a network namespace with a kubelet, a containerd and a kube-proxy in it.

    Attributes:
        index: 1 for the node that also carries the control plane.
    """

    index: int

    @property
    def name(self) -> str:
        """`node1`, …: also its host name and its cgroup."""
        return f"node{self.index}"

    @property
    def ip(self) -> str:
        """Its address on the bridge that joins the nodes."""
        return f"10.240.0.{9 + self.index}"

    @property
    def pod_cidr(self) -> str:
        """Where its pods get their addresses from."""
        return f"10.88.{self.index}.0/24"

    @property
    def containerd_socket(self) -> str:
        """Inside the machine's own /run, so it is seen only from its mount namespace."""
        return f"/run/{self.name}/containerd.sock"


CONTROL_PLANE_IP = Node(1).ip


@dataclass(frozen=True)
class Machine:
    """What the machine's first process needs to know; travels as JSON in a file.

    Attributes:
        run: Folder of everything that runs, deleted by `rez local down`.
        tools: Absolute path of every binary by name (`etcd`, `kubelet`, …).
        nodes: How many nodes, 1 to 9.
        api_port: Port on 127.0.0.1 of the host that leads to the API server.
        simulated: True when kwok plays the nodes: no namespaces, no root, no real containers.
        atlas_port: Port on 127.0.0.1 of the host that leads to the local Atlas; unused where nodes are simulated.
    """

    run: str
    tools: dict[str, str]
    nodes: int = NODES
    api_port: int = API_PORT
    simulated: bool = False
    atlas_port: int = ATLAS_PORT

    @classmethod
    def read(cls, path: Path) -> Machine:
        """The machine that `write` described."""
        return cls(**json.loads(path.read_text()))

    def write(self, path: Path) -> None:
        """Describe the machine as JSON, at once: a reader never sees half of it."""
        fresh = path.with_name(f"{path.name}.new")
        fresh.write_text(json.dumps(asdict(self)))
        fresh.replace(path)

    @property
    def dir(self) -> Path:
        """The run folder."""
        return Path(self.run)

    @property
    def pki(self) -> Path:
        """Keys, certificates and kubeconfigs of the daemons."""
        return self.dir / "pki"

    @property
    def atlas(self) -> Path:
        """The local Atlas's key, state and data."""
        return self.dir / "atlas"

    @property
    def log(self) -> Path:
        """One log file for each daemon."""
        return self.dir / "log"

    @property
    def cgroup(self) -> str:
        """Parent cgroup of all pods, unique for each run folder."""
        return "rez-" + hashlib.sha256(self.run.encode()).hexdigest()[:8]

    def node_list(self) -> list[Node]:
        """The nodes, the one with the control plane first."""
        return [Node(i) for i in range(1, self.nodes + 1)]

    def node_dir(self, node: Node) -> Path:
        """Configuration, images and pods of a node."""
        return self.dir / node.name
