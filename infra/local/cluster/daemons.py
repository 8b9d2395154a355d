"""The command line of every daemon of the local cluster: pure, from the machine's description."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field

from infra.local.cluster.layout import ATLAS_PORT, CONTROL_PLANE_IP, SERVICE_CIDR, Machine, Node


@dataclass(frozen=True)
class Daemon:
    """A process that the machine keeps running.

    Attributes:
        name: Unique; also the name of its log file.
        argv: Command line.
        node: The node whose network it lives in.
        env: Environment beside PATH.
    """

    name: str
    argv: list[str]
    node: int = 1
    env: dict[str, str] = field(default_factory=dict)


def _client(machine: Machine, name: str) -> list[str]:
    config = machine.pki / f"{name}.kubeconfig"
    return [f"--{kind}kubeconfig={config}" for kind in ("", "authentication-", "authorization-")]


def etcd(machine: Machine) -> Daemon:
    """The store."""
    client, peer = ("http://127.0.0.1:2379", "http://127.0.0.1:2380")
    if machine.simulated:  # shares the host's network: stay clear of an etcd that may run there
        client, peer = (f"http://127.0.0.1:{machine.api_port + 1}", f"http://127.0.0.1:{machine.api_port + 2}")
    argv = [
        machine.tools["etcd"],
        "--name=rez",
        f"--data-dir={machine.dir / 'etcd'}",
        f"--listen-client-urls={client}",
        f"--advertise-client-urls={client}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=rez={peer}",
        "--logger=zap",
        "--log-level=warn",
        "--unsafe-no-fsync",  # the data dies with the cluster; a slow disk must not slow every write
    ]
    return Daemon("etcd", argv)


def apiserver(machine: Machine) -> Daemon:
    """The API server."""
    pki = machine.pki
    client = next(a for a in etcd(machine).argv if a.startswith("--listen-client-urls=")).partition("=")[2]
    argv = [
        machine.tools["kube-apiserver"],
        f"--etcd-servers={client}",
        f"--bind-address={'127.0.0.1' if machine.simulated else '0.0.0.0'}",  # noqa: S104 - the machine's own network
        f"--secure-port={machine.api_port if machine.simulated else 6443}",
        f"--service-cluster-ip-range={SERVICE_CIDR}",
        "--authorization-mode=Node,RBAC",
        "--enable-admission-plugins=NodeRestriction",
        "--event-ttl=24h",
        f"--client-ca-file={pki}/ca.crt",
        f"--tls-cert-file={pki}/apiserver.crt",
        f"--tls-private-key-file={pki}/apiserver.key",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={pki}/sa.pub",
        f"--service-account-signing-key-file={pki}/sa.key",
        f"--kubelet-certificate-authority={pki}/ca.crt",
        f"--kubelet-client-certificate={pki}/apiserver-kubelet.crt",
        f"--kubelet-client-key={pki}/apiserver-kubelet.key",
        "--kubelet-preferred-address-types=InternalIP",
        f"--requestheader-client-ca-file={pki}/ca.crt",
        "--requestheader-allowed-names=front-proxy",
        "--requestheader-username-headers=X-Remote-User",
        "--requestheader-group-headers=X-Remote-Group",
        "--requestheader-extra-headers-prefix=X-Remote-Extra-",
        f"--proxy-client-cert-file={pki}/front-proxy.crt",
        f"--proxy-client-key-file={pki}/front-proxy.key",
        "--enable-aggregator-routing=true",
        # Also where no node is at that address: without one the server asks for the default route, which may be absent.
        f"--advertise-address={CONTROL_PLANE_IP}",
    ]
    return Daemon("kube-apiserver", argv)


def controller_manager(machine: Machine) -> Daemon:
    """The controllers."""
    argv = [
        machine.tools["kube-controller-manager"],
        *_client(machine, "controller-manager"),
        "--bind-address=127.0.0.1",
        "--leader-elect=false",
        f"--root-ca-file={machine.pki}/ca.crt",
        f"--service-account-private-key-file={machine.pki}/sa.key",
        "--use-service-account-credentials=true",
        # A person waits in front of this cluster: react in seconds, where a real one takes half a minute.
        "--node-monitor-period=2s",
        "--node-monitor-grace-period=15s",
        "--horizontal-pod-autoscaler-sync-period=5s",
        "--horizontal-pod-autoscaler-initial-readiness-delay=5s",
        "--horizontal-pod-autoscaler-cpu-initialization-period=10s",
        "--kube-api-qps=200",
        "--kube-api-burst=400",
    ]
    if machine.simulated:
        argv.append(f"--secure-port={machine.api_port + 3}")
    return Daemon("kube-controller-manager", argv)


def scheduler(machine: Machine) -> Daemon:
    """The scheduler."""
    argv = [
        machine.tools["kube-scheduler"],
        *_client(machine, "scheduler"),
        "--bind-address=127.0.0.1",
        "--leader-elect=false",
    ]
    if machine.simulated:
        argv.append(f"--secure-port={machine.api_port + 4}")
    return Daemon("kube-scheduler", argv)


def coredns(machine: Machine) -> Daemon:
    """DNS for Service names, on every address of node1."""
    return Daemon("coredns", [machine.tools["coredns"], "-conf", str(machine.dir / "Corefile")])


def metrics_server(machine: Machine) -> Daemon:
    """What the HPA and `kubectl top` read."""
    argv = [
        machine.tools["metrics-server"],
        *_client(machine, "metrics-server-client"),
        f"--bind-address={CONTROL_PLANE_IP}",
        "--secure-port=4443",
        f"--tls-cert-file={machine.pki}/metrics-server.crt",
        f"--tls-private-key-file={machine.pki}/metrics-server.key",
        f"--kubelet-certificate-authority={machine.pki}/ca.crt",
        "--kubelet-preferred-address-types=InternalIP",
        "--metric-resolution=10s",
        "--kubelet-request-timeout=5s",
    ]
    return Daemon("metrics-server", argv)


def atlas(machine: Machine) -> Daemon:
    """The local Atlas; pods reach its databases by node1's address."""
    binary, folder = machine.tools["ferretdb"], machine.atlas
    command = [sys.executable, "-m", "infra.local.atlas", str(folder), binary, CONTROL_PLANE_IP, str(ATLAS_PORT)]
    return Daemon("atlas", command)


def kwok(machine: Machine) -> Daemon:
    """The player of simulated nodes."""
    argv = [
        machine.tools["kwok"],
        f"--kubeconfig={machine.pki}/kwok.kubeconfig",
        "--manage-all-nodes=true",
        "--cidr=10.88.0.0/16",
        "--node-ip=127.0.0.1",
        "--node-lease-duration-seconds=40",
        f"--config={machine.dir / 'kwok.yaml'}",
        "-v=WARN",
    ]
    return Daemon("kwok", argv)


def node(machine: Machine, this: Node) -> list[Daemon]:
    """The daemons of one node: containerd, kubelet and kube-proxy."""
    folder = machine.node_dir(this)
    path = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
    return [
        Daemon(f"containerd-{this.name}", ["containerd", "-c", f"{folder}/containerd.toml"], this.index, path),
        Daemon(
            f"kubelet-{this.name}",
            [
                machine.tools["kubelet"],
                f"--config={folder}/kubelet.yaml",
                f"--kubeconfig={machine.pki}/kubelet-{this.name}.kubeconfig",
                f"--hostname-override={this.name}",
                f"--node-ip={this.ip}",
                f"--root-dir={folder}/kubelet",
                f"--cert-dir={folder}/kubelet/pki",
            ],
            this.index,
            path,
        ),
        Daemon(
            f"kube-proxy-{this.name}",
            [machine.tools["kube-proxy"], f"--config={folder}/kube-proxy.yaml", f"--hostname-override={this.name}"],
            this.index,
            path,
        ),
    ]


def control_plane(machine: Machine) -> list[Daemon]:
    """The daemons every cluster has, in the order in which they need each other."""
    return [etcd(machine), apiserver(machine), controller_manager(machine), scheduler(machine)]


def all_of(machine: Machine) -> list[Daemon]:
    """Every daemon of the machine, in starting order."""
    if machine.simulated:
        return [*control_plane(machine), kwok(machine)]
    nodes = [d for n in machine.node_list() for d in node(machine, n)]
    return [*control_plane(machine), *nodes, coredns(machine), metrics_server(machine), atlas(machine)]
