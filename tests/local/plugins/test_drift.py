"""The offline plugins under the real engine when the cluster is not as they left it, or not there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.local.plugins.declared import config_map, service

if TYPE_CHECKING:
    from infra.cluster import Cluster
    from tests.local.plugins.conftest import Project

pytestmark = pytest.mark.engine


def test_an_object_deleted_by_hand_is_seen_and_restored(project: Project, cluster: Cluster, namespace: str) -> None:
    project.declare(service("s", namespace))
    project.up()
    cluster.delete("v1", "Service", "s", namespace)
    preview = project.preview()
    assert (
        f"Service {namespace}/s is gone from the cluster: it will be created again" in preview.stdout + preview.stderr
    )
    assert "1 to update" in preview.stdout + preview.stderr
    project.up()
    assert cluster.get("v1", "Service", "s", namespace)
    project.preview("--expect-no-changes")


def test_a_field_changed_by_our_own_manager_is_seen_and_put_back(
    project: Project, cluster: Cluster, namespace: str
) -> None:
    project.declare(config_map("c", namespace, a="1"))
    project.up()
    cluster.apply(
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c", "namespace": namespace}, "data": {"a": "2"}}
    )
    assert "1 to update" in project.preview().stdout
    project.up()
    assert cluster.get("v1", "ConfigMap", "c", namespace)["data"] == {"a": "1"}


def test_drift_of_a_declared_field_is_shown_by_refresh(project: Project, cluster: Cluster, namespace: str) -> None:
    project.declare(config_map("c", namespace, a="1"))
    project.up()
    changed = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "c", "namespace": namespace},
        "data": {"a": "2"},
    }
    cluster.apply(changed, field_manager="somebody", force=True)
    refresh = project.run("refresh", "--yes", "--skip-preview", "--expect-no-changes", check=False)
    assert refresh.returncode != 0
    assert "updated" in refresh.stdout


def test_a_conflict_names_the_other_manager_and_the_field(project: Project, cluster: Cluster, namespace: str) -> None:
    theirs = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "c", "namespace": namespace},
        "data": {"a": "9"},
    }
    project.declare(config_map("c", namespace, a="1"))
    project.up()
    cluster.apply(theirs, field_manager="their-tool", force=True)
    line = f'ConfigMap {namespace}/c: conflict: field manager "their-tool" owns data.a; '
    for failed in (project.preview(check=False), project.up(check=False)):
        assert failed.returncode != 0
        assert line in failed.stdout + failed.stderr
    forced = config_map("c", namespace, a="1")
    forced["props"]["metadata"]["annotations"] = {"pulumi.com/patchForce": "true"}
    project.declare(forced)
    project.up()
    assert cluster.get("v1", "ConfigMap", "c", namespace)["data"] == {"a": "1"}


def test_fields_of_others_are_taken_over_where_the_official_providers_variable_says_so(
    project: Project, cluster: Cluster, namespace: str
) -> None:
    project.declare(config_map("c", namespace, a="1"))
    project.up()
    theirs = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c", "namespace": namespace}}
    cluster.apply(theirs | {"data": {"a": "9"}}, field_manager="their-tool", force=True)
    project.environment["PULUMI_K8S_ENABLE_PATCH_FORCE"] = "true"
    project.up("--refresh")
    live = cluster.get("v1", "ConfigMap", "c", namespace)
    assert live
    assert live["data"] == {"a": "1"}
    assert not [entry for entry in live["metadata"]["managedFields"] if entry["manager"] == "their-tool"]
    project.preview("--refresh", "--expect-no-changes")


def test_without_a_cluster_a_preview_goes_by_the_state_and_says_so_once(
    project: Project, namespace: str, tmp_path: Path
) -> None:
    project.declare(config_map("c", namespace, a="1"), config_map("d", namespace, a="1"))
    project.up()
    project.environment["KUBECONFIG"] = str(_offline(project, tmp_path))
    unchanged = project.preview("--expect-no-changes")
    assert "previewed against state alone" in unchanged.stdout + unchanged.stderr
    project.declare(config_map("c", namespace, a="2"), config_map("d", namespace, a="1"), config_map("e", namespace))
    changed = project.preview()
    assert "1 to create" in changed.stdout
    assert "1 to update" in changed.stdout
    failed = project.up(check=False)
    assert failed.returncode != 0
    assert "cluster unavailable" in failed.stdout + failed.stderr


def _offline(project: Project, folder: Path) -> Path:
    document = json.loads(Path(project.environment["KUBECONFIG"]).read_text())
    document["clusters"][0]["cluster"] = {"server": "https://127.0.0.1:9"}
    path = folder / "offline-kubeconfig"
    path.write_text(json.dumps(document))
    return path
