"""A throw-away API server with its controllers, and small programs for the real engine to run against it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from infra.cluster import Cluster
from infra.errors import UnavailableError
from infra.local.plugins import install
from infra.local.toolchain import ensure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[3]
TOKEN = "test-administrator"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class ControlPlane:
    """etcd, an API server and the controllers, on loopback ports of their own."""

    folder: Path
    etcd: Path
    kubernetes: Path
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    etcd_port: int = field(default_factory=free_port)

    @property
    def kubeconfig(self) -> Path:
        return self.folder / "kubeconfig"

    def spawn(self, name: str, *command: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder)

    def start(self) -> None:
        peer = f"http://127.0.0.1:{free_port()}"
        client = f"http://127.0.0.1:{self.etcd_port}"
        self.spawn(
            "etcd", str(self.etcd), "--data-dir=etcd",
            f"--listen-client-urls={client}", f"--advertise-client-urls={client}",
            f"--listen-peer-urls={peer}", f"--initial-advertise-peer-urls={peer}", f"--initial-cluster=default={peer}",
            "--unsafe-no-fsync", "--log-level=error",
        )  # fmt: skip
        subprocess.run(
            ["openssl", "genrsa", "-out", "sa.key", "2048"], cwd=self.folder, check=True, capture_output=True
        )
        (self.folder / "tokens.csv").write_text(f'{TOKEN},admin,admin,"system:masters"\n')
        self.start_api_server()
        self.write_kubeconfig()
        self.wait()
        self.spawn(
            "controllers", str(self.kubernetes / "kube-controller-manager"), f"--kubeconfig={self.kubeconfig}",
            "--leader-elect=false", "--secure-port=0", "--service-account-private-key-file=sa.key",
            "--controllers=namespace-controller,garbage-collector-controller,serviceaccount-controller,"
            "deployment-controller,replicaset-controller,job-controller,persistentvolumeclaim-protection-controller",
        )  # fmt: skip

    def start_api_server(self) -> None:
        self.spawn(
            "apiserver", str(self.kubernetes / "kube-apiserver"), f"--etcd-servers=http://127.0.0.1:{self.etcd_port}",
            "--bind-address=127.0.0.1", f"--secure-port={self.port}", "--cert-dir=certificates",
            "--token-auth-file=tokens.csv", "--authorization-mode=RBAC", "--service-cluster-ip-range=10.97.0.0/16",
            "--service-account-issuer=https://kubernetes.default.svc", "--service-account-key-file=sa.key",
            "--service-account-signing-key-file=sa.key", "--disable-admission-plugins=ServiceAccount",
        )  # fmt: skip

    def write_kubeconfig(self) -> None:
        server = {"server": f"https://127.0.0.1:{self.port}", "certificate-authority": "certificates/apiserver.crt"}
        self.kubeconfig.write_text(json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "test",
            "clusters": [{"name": "test", "cluster": server}],
            "users": [{"name": "admin", "user": {"token": TOKEN}}],
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": "admin"}}],
        }))  # fmt: skip

    def wait(self) -> None:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            try:
                if Cluster.connect(kubeconfig=self.kubeconfig).get("v1", "Namespace", "default"):
                    return
            except (UnavailableError, OSError):
                pass
            time.sleep(0.2)
        pytest.fail((self.folder / "apiserver.log").read_text()[-2000:])

    def stop(self, *names: str) -> None:
        for name in names or tuple(reversed(self.processes)):
            process = self.processes.pop(name)
            process.kill()
            process.wait()


@pytest.fixture(scope="session")
def tools() -> dict[str, Path]:
    return ensure(["pulumi", "kubernetes", "etcd"], lambda line: sys.stderr.write(f"{line}\n"))


@pytest.fixture(scope="session")
def control_plane(tools: dict[str, Path]) -> Iterator[ControlPlane]:
    folder = Path(tempfile.mkdtemp(prefix="rez-test-"))
    plane = ControlPlane(folder, tools["etcd"], tools["kubernetes"].parent)
    try:
        plane.start()
        yield plane
    finally:
        plane.stop()
        shutil.rmtree(folder)


@pytest.fixture
def cluster(control_plane: ControlPlane) -> Cluster:
    return Cluster.connect(kubeconfig=control_plane.kubeconfig)


@pytest.fixture
def namespace(cluster: Cluster) -> Iterator[str]:
    name = f"test-{time.monotonic_ns()}"
    cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    yield name
    cluster.delete("v1", "Namespace", name)


@dataclass
class Project:
    """A Pulumi project whose program registers the objects that a JSON file lists."""

    folder: Path
    pulumi: Path
    environment: dict[str, str]
    stack: str = "local"

    def declare(self, *objects: dict[str, Any], **files: str) -> None:
        """What the program shall register from now on: `{"type": …, "name": …, "props": …, "opts": …}`."""
        (self.folder / "objects.json").write_text(json.dumps(objects))
        for name, text in files.items():
            (self.folder / f"{name}.py").write_text(text)

    def run(self, *arguments: str, check: bool = True, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        command = [str(self.pulumi), *arguments, "--non-interactive", "--color=never"]
        found = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=timeout, check=False
        )
        if check and found.returncode:
            pytest.fail(f"{' '.join(arguments)}: exit {found.returncode}\n{found.stdout}\n{found.stderr}")
        return found

    def up(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return self.run("up", "--yes", "--skip-preview", *arguments, check=check)

    def preview(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return self.run("preview", "--diff", *arguments, check=check)

    def state(self) -> str:
        return self.run("stack", "export").stdout

    def resources(self) -> dict[str, dict[str, Any]]:
        found = json.loads(self.state())["deployment"].get("resources", [])
        return {resource["urn"].rpartition("::")[2]: resource for resource in found if resource.get("custom")}


PROGRAM = """
import json, pathlib, pulumi

class Object(pulumi.CustomResource):
    def __init__(self, kind, name, props, opts):
        super().__init__(kind, name, {**props, "status": None}, pulumi.ResourceOptions(version="VERSION", **opts))

def secrets(value):
    if isinstance(value, dict):
        if set(value) == {"secret"}:
            return pulumi.Config().require_secret(value["secret"])
        return {key: secrets(item) for key, item in value.items()}
    return [secrets(item) for item in value] if isinstance(value, list) else value

for item in json.loads(pathlib.Path("objects.json").read_text()):
    Object(item["type"], item["name"], secrets(item.get("props", {})), item.get("opts", {}))
"""


@pytest.fixture
def new_project(tools: dict[str, Path], control_plane: ControlPlane, tmp_path: Path) -> Callable[[str], Project]:
    return lambda stack: make_project(tools["pulumi"], tmp_path, control_plane.kubeconfig, stack)


@pytest.fixture
def project(new_project: Callable[[str], Project]) -> Project:
    return new_project("local")


def make_project(pulumi: Path, folder: Path, kubeconfig: Path, stack: str) -> Project:
    from importlib.metadata import version

    home, state, program = (folder / name for name in ("home", "state", "program"))
    for made in (home, state, program):
        made.mkdir()
    install(pulumi, home, Path(sys.executable))
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(folder), "PULUMI_HOME": str(home), "KUBECONFIG": str(kubeconfig),
        "PULUMI_BACKEND_URL": f"file://{state}", "PULUMI_CONFIG_PASSPHRASE": "test", "PULUMI_SKIP_UPDATE_CHECK": "1",
        "PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS": "1",
    }  # fmt: skip
    runtime = {"name": "python", "options": {"virtualenv": str(Path(sys.prefix))}}
    (program / "Pulumi.yaml").write_text(json.dumps({"name": "test", "runtime": runtime}))
    (program / "__main__.py").write_text(PROGRAM.replace("VERSION", version("pulumi-kubernetes")))
    project = Project(program, pulumi, environment, stack)
    project.declare()
    project.run("stack", "init", stack)
    return project
