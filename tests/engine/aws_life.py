"""A stack that lives on AWS as moto plays it: state in S3, secrets by KMS, objects in a real API server."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
import yaml

from infra.engine.state_files import checkpoint_of, locks_of
from infra.local import process
from infra.local.paths import ROOT
from infra.local.plugins import install
from tests.local.plugins.conftest import free_port

if TYPE_CHECKING:
    from infra.cluster import Cluster

REGION = "eu-central-1"
STACK = "local"
"""The one stack that the offline plugin writes to; `_DRIVER` makes it one like any other for the rest of `rez`."""
CANARY = "c4n4ry-7d11-do-not-print"

_DRIVER = """
import pathlib, sys
from infra import cli
from infra.engine import Engine, engine, environment
engine.LOCAL = environment.LOCAL = "no stack"
Engine.__init__.__defaults__ = (pathlib.Path(sys.argv.pop(1)),)
sys.argv[0] = "rez"
cli.main()
"""
_PROGRAM = """
import json, pathlib, pulumi
from importlib.metadata import version

class Object(pulumi.CustomResource):
    def __init__(self, kind, name, props):
        options = pulumi.ResourceOptions(version=version("pulumi-kubernetes"))
        super().__init__(kind, name, {**props, "status": None}, options)

token = pulumi.Config().require_secret_object("secrets")["JWT_SECRET"]
for item in json.loads(pathlib.Path("objects.json").read_text()):
    if item["type"].endswith(":Secret"):
        item["props"]["stringData"] = {"token": token}
    Object(item["type"], item["name"], item["props"])
"""
_PACK = """
from pulumi_policy import PolicyPack, ResourceValidationPolicy
anything = ResourceValidationPolicy(name="anything", description="goes", validate=lambda args, report: None)
PolicyPack(name="none", policies=[anything])
"""


class Moto:
    """AWS in a process of its own."""

    def __init__(self, log: Path) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        command = [str(Path(sys.executable).with_name("moto_server")), "-H", "127.0.0.1", "-p", str(port)]
        with log.open("wb") as file:
            self._server = subprocess.Popen(command, stdout=file, stderr=file)
        deadline = time.monotonic() + 60
        while not self._answers():
            assert self._server.poll() is None, log.read_text()
            assert time.monotonic() < deadline
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/moto-api/data.json", timeout=2):
                return True
        except OSError:
            return False

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            region_name=REGION,
            endpoint_url=self.url,
            aws_access_key_id="administrator",
            aws_secret_access_key="administrator",
        )

    def check_permissions(self, *, on: bool) -> None:
        request = urllib.request.Request(
            f"{self.url}/moto-api/reset-auth",
            data=b"0" if on else b"inf",
            headers={"Content-Type": "text/plain"},
            method="POST",
        )
        with urllib.request.urlopen(request, timeout=5):
            pass

    def stop(self) -> None:
        self._server.kill()
        self._server.wait()


@dataclass
class Life:
    """A stack and the person at it."""

    aws: Moto
    root: Path
    env: dict[str, str]
    bucket: str = f"rez-infra-production-123456789012-{REGION}"

    @classmethod
    def begin(cls, aws: Moto, folder: Path, pulumi: Path, kubeconfig: Path) -> Life:
        """The folders, before the first command."""
        root, home, pack = (folder / name for name in ("project", "home", "pack"))
        for made in (root, home, pack):
            made.mkdir()
        install(pulumi, home, Path(sys.executable))
        runtime = {"name": "python", "options": {"virtualenv": str(Path(sys.prefix))}}
        (root / "Pulumi.yaml").write_text(json.dumps({"name": "rez-infra", "runtime": runtime}))
        config = yaml.safe_load((ROOT / f"Pulumi.{STACK}.yaml").read_text())["config"]
        (root / f"Pulumi.{STACK}.yaml").write_text(
            yaml.safe_dump({"config": {key: value for key, value in config.items() if not key.endswith(":secrets")}})
        )
        (root / "__main__.py").write_text(_PROGRAM)
        (pack / "PulumiPolicy.yaml").write_text(json.dumps({"runtime": runtime}))
        (pack / "__main__.py").write_text(_PACK)
        env = {
            "PATH": f"{pulumi.parent}:{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(folder),
            "REZ_CACHE": str(folder / "cache"),
            "PULUMI_HOME": str(home),
            "PULUMI_OPTION_POLICY_PACK": str(pack),
            "KUBECONFIG": str(kubeconfig),
            "AWS_ENDPOINT_URL": aws.url,
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "administrator",
            "AWS_SECRET_ACCESS_KEY": "administrator",
            "AWS_RESPONSE_CHECKSUM_VALIDATION": "when_required",  # moto sends none, and the engine warns each time
        }
        return cls(aws, root, env)

    def declare(self, namespace: str, *names: str, service: str | None = "ClusterIP") -> None:
        """What the program shall register: config maps, a Secret, a Service; a LoadBalancer gets no address here."""
        objects = [_object("core/v1:ConfigMap", name, namespace, data={"a": "1"}) for name in names]
        objects.append(_object("core/v1:Secret", "token", namespace))
        if service:
            spec = {"type": service, "ports": [{"port": 80}], "selector": {"app": "x"}}
            objects.append(_object("core/v1:Service", "slow", namespace, spec=spec))
        (self.root / "objects.json").write_text(json.dumps(objects))

    def rez(self, *args: str, check: bool = True, text: str = "", **env: str) -> subprocess.CompletedProcess[str]:
        """Run `rez` to its end."""
        done = subprocess.run(
            [sys.executable, "-c", _DRIVER, str(self.root), *args],
            cwd=self.root,
            env=self.env | env,
            input=text,
            text=True,
            capture_output=True,
            timeout=180,
            check=False,
        )
        if check and done.returncode:
            pytest.fail(f"rez {' '.join(args)} ended with {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done

    def pulumi(self, command: str, *args: str, check: bool = True, **env: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the engine on the stack by `rez pulumi`."""
        changing = ("--yes", "--skip-preview") if command in {"up", "destroy"} else ()
        options = ("--stack", STACK, "--non-interactive", "--color", "never")
        return self.rez("pulumi", command, *options, *changing, *args, check=check, **env)

    def start(self, output: Path) -> subprocess.Popen[bytes]:
        """Start an `up` that the slow Service holds in its middle, and wait until it is there."""
        command = ("pulumi", "up", "--stack", STACK, "--yes", "--skip-preview", "--non-interactive")
        with output.open("wb") as file:
            run = subprocess.Popen(
                [sys.executable, "-c", _DRIVER, str(self.root), *command],
                cwd=self.root,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )
        deadline = time.monotonic() + 90
        while not self.in_the_middle():
            assert run.poll() is None, output.read_text()
            assert time.monotonic() < deadline, output.read_text()
            time.sleep(0.1)
        return run

    def in_the_middle(self) -> bool:
        """Whether nothing but the slow Service is still being created."""
        deployment = self.deployment()
        begun = [o["resource"]["urn"].rpartition("::")[2] for o in deployment.get("pending_operations") or []]
        return begun == ["slow"]

    def state(self) -> bytes:
        found: bytes = self.aws.client("s3").get_object(Bucket=self.bucket, Key=checkpoint_of(STACK))["Body"].read()
        return found

    def deployment(self) -> dict[str, Any]:
        return json.loads(self.state())["checkpoint"].get("latest") or {}

    def names(self) -> list[str]:
        """The declared resources that the state holds."""
        found = [r["urn"].rpartition("::")[2] for r in self.deployment().get("resources") or [] if r.get("custom")]
        return sorted(name for name in found if not name.startswith("default"))

    def spoil(self, content: bytes) -> None:
        self.aws.client("s3").put_object(Bucket=self.bucket, Key=checkpoint_of(STACK), Body=content)

    def locks(self) -> list[str]:
        found = self.aws.client("s3").list_objects_v2(Bucket=self.bucket, Prefix=locks_of(STACK))
        return [item["Key"] for item in found.get("Contents", [])]


def _object(kind: str, name: str, namespace: str, **fields: Any) -> dict[str, Any]:
    version = kind.partition("/")[2].partition(":")[0]
    props = {"apiVersion": version, "kind": kind.rpartition(":")[2], "metadata": {"name": name, "namespace": namespace}}
    return {"type": f"kubernetes:{kind}", "name": name, "props": props | fields}


def engine_of(run: subprocess.Popen[bytes]) -> int:
    """The process id of the engine that `rez` started."""
    return process.children(run.pid)[0]


def kill(run: subprocess.Popen[bytes], *, whole: bool) -> None:
    """`kill -9` of the engine, and of `rez` before it if the whole shall be gone."""
    engine = engine_of(run)
    if whole:
        os.kill(run.pid, signal.SIGKILL)
    os.kill(engine, signal.SIGKILL)
    run.wait(timeout=60)


def live(cluster: Cluster, namespace: str) -> list[str]:
    """Names of the objects that the stack has in the cluster."""
    kinds = [("v1", "ConfigMap"), ("v1", "Secret"), ("v1", "Service")]
    found = [item["metadata"]["name"] for version, kind in kinds for item in cluster.list(version, kind, namespace)]
    return sorted(name for name in found if name != "kube-root-ca.crt")
