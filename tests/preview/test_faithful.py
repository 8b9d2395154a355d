"""A plan against the throw-away state is the plan that a real `up` on a real API server would carry out."""

from __future__ import annotations

import json
import shutil
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from infra.local.cluster.cloud import load_balancer_status
from infra.manifests import names
from infra.preview.sandbox import RELEASE
from infra.settings.model import NAMESPACE
from tests.local.plugins.conftest import cluster, control_plane, tools  # noqa: F401 - fixtures
from tests.preview.repository import MAIN, Repository

if TYPE_CHECKING:
    from pathlib import Path

    from infra.cluster import Cluster
    from tests.local.plugins.conftest import ControlPlane

pytestmark = pytest.mark.engine

STACK = "local"
FILE = "Pulumi.local.yaml"
EDITS = (
    (FILE, "max: 10}", "max: 9}"),
    (FILE, "storage_class: rez-local", "storage_class: other"),
    (FILE, "pool: {max: 50", "pool: {max: 40"),
    ("infra/components/api.py", "(service(settings), pdb(settings))", "(service(settings),)"),
    ("infra/manifests/service_account.py", '"kind": "ServiceAccount",', '"kind": "ServiceAccount", "secrets": [],'),
    ("infra/manifests/names.py", 'DEPLOYER: Final = "rez-deployer"', 'DEPLOYER: Final = "rez-releaser"'),
)


def plan(told: dict[str, Any]) -> dict[tuple[str, str, str], list[tuple[str, bool]]]:
    return {
        (each["op"], each["kind"], each["name"]): sorted((field["path"], field["replaces"]) for field in each["fields"])
        for each in told["changes"]
    }


def give_address(cluster: Cluster) -> None:  # noqa: F811
    """Do what a cloud does for the Service, which the engine waits for."""
    for _ in range(600):
        if service := cluster.get("v1", "Service", names.SERVICE, NAMESPACE):
            path = cluster.path("v1", "Service", namespace=NAMESPACE, name=names.SERVICE) + "/status"
            apply = "application/apply-patch+yaml"
            body = load_balancer_status(service)
            cluster.request("PATCH", path, query={"fieldManager": "cloud"}, body=body, content_type=apply)
            return
        time.sleep(0.1)


def test_the_recorded_base_plans_what_a_real_one_does(
    control_plane: ControlPlane,  # noqa: F811
    cluster: Cluster,  # noqa: F811
    tmp_path: Path,
) -> None:
    repository = Repository.make(tmp_path)
    run = tmp_path / "run"
    run.mkdir()
    shutil.copytree(control_plane.folder / "certificates", run / "certificates")
    shutil.copy(control_plane.kubeconfig, run / "kubeconfig")
    real = {"REZ_RUN": str(run)}
    assert repository.rez("pulumi", "stack", "init", STACK, **real).returncode == 0
    cloud = threading.Thread(target=give_address, args=(cluster,))
    cloud.start()
    up = repository.rez("pulumi", "up", "--yes", "--skip-preview", "--stack", STACK, REZ_RELEASE=RELEASE, **real)
    cloud.join()
    assert up.returncode == 0, up.stdout + up.stderr
    repository.branch("head", *EDITS)
    live = repository.rez("preview", "--live", "--stack", STACK, "--format", "json", **real)
    hermetic = repository.rez("preview", "--base", MAIN, "--stack", STACK, "--format", "json")
    assert live.stdout, live.stderr
    found = plan(json.loads(hermetic.stdout))
    assert found == plan(json.loads(live.stdout))
    assert {op for op, _, _ in found} == {"create", "change", "renew", "replace", "delete"}
