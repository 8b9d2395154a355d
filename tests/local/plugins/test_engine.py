"""The offline plugins under the real engine, against a real API server."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Project

    from infra.cluster import Cluster

pytestmark = pytest.mark.engine


def config_map(name: str, namespace: str, **data: Any) -> dict[str, Any]:
    props = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": namespace}, "data": data}
    return {"type": "kubernetes:core/v1:ConfigMap", "name": name, "props": props}


def deployment(name: str, namespace: str, *, image: str = "example/a:1", app: str = "a", **opts: Any) -> dict[str, Any]:
    labels = {"app": app, "app.kubernetes.io/name": name}
    pod = {"containers": [{"name": "api", "image": image, "resources": {"requests": {"cpu": "1000m"}}}]}
    props = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": namespace, "annotations": {"pulumi.com/skipAwait": "true"}},
        "spec": {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": pod}},
    }
    return {"type": "kubernetes:apps/v1:Deployment", "name": name, "props": props, "opts": opts}


def service(name: str, namespace: str, kind: str = "ClusterIP") -> dict[str, Any]:
    props = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"type": kind, "selector": {"app": "a"}, "ports": [{"name": "http", "port": 80, "targetPort": 3000}]},
    }
    return {"type": "kubernetes:core/v1:Service", "name": name, "props": props}


def secret(name: str, namespace: str, key: str) -> dict[str, Any]:
    props = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": namespace},
        "stringData": {"PASSWORD": {"secret": key}},
    }
    return {"type": "kubernetes:core/v1:Secret", "name": name, "props": props}


def test_what_is_created_shows_no_change_and_no_drift_and_is_destroyed(
    project: Project, cluster: Cluster, namespace: str
) -> None:
    project.declare(config_map("c", namespace, a="1"), deployment("d", namespace), service("s", namespace))
    preview = project.preview()
    assert "+ 4 to create" in preview.stdout + preview.stderr
    project.up()
    assert cluster.get("apps/v1", "Deployment", "d", namespace)
    project.preview("--expect-no-changes")
    project.run("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    project.up("--expect-no-changes")
    project.run("destroy", "--yes", "--skip-preview")
    for kind, name, version in (("ConfigMap", "c", "v1"), ("Deployment", "d", "apps/v1"), ("Service", "s", "v1")):
        assert cluster.get(version, kind, name, namespace) is None


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


def test_a_removed_field_is_removed_from_the_object(project: Project, cluster: Cluster, namespace: str) -> None:
    project.declare(config_map("c", namespace, a="1", b="2"))
    project.up()
    project.declare(config_map("c", namespace, a="1"))
    preview = project.preview()
    assert "- b" in preview.stdout.replace("  ", " ")
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


def test_an_immutable_field_replaces_the_object_after_deleting_it(
    project: Project, cluster: Cluster, namespace: str
) -> None:
    project.declare(deployment("d", namespace))
    project.up()
    before = cluster.get("apps/v1", "Deployment", "d", namespace)["metadata"]["uid"]
    project.declare(deployment("d", namespace, app="b"))
    preview = project.preview()
    assert "1 to replace" in preview.stdout
    assert "spec.selector" in json.dumps(json.loads(project.run("preview", "--json").stdout)["steps"])
    project.up()
    assert cluster.get("apps/v1", "Deployment", "d", namespace)["metadata"]["uid"] != before
    project.preview("--expect-no-changes")


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


def test_a_rejection_is_one_line_with_the_field(project: Project, namespace: str) -> None:
    bad = deployment("d", namespace)
    bad["props"]["spec"]["template"]["spec"]["containers"][0]["imagePullPolicy"] = "Sometimes"
    project.declare(bad)
    failed = project.preview(check=False)
    assert failed.returncode != 0
    output = failed.stdout + failed.stderr
    assert f"Deployment {namespace}/d: spec.template.spec.containers[0].imagePullPolicy: Unsupported value" in output


def test_an_object_without_a_name_gets_one_and_keeps_it(project: Project, cluster: Cluster, namespace: str) -> None:
    unnamed = config_map("settings", namespace, a="1")
    del unnamed["props"]["metadata"]["name"]
    project.declare(unnamed)
    project.up()
    name = project.resources()["settings"]["outputs"]["metadata"]["name"]
    assert name.startswith("settings-")
    project.preview("--expect-no-changes")
    unnamed["props"]["data"] = {"a": "2"}
    project.up()
    assert cluster.get("v1", "ConfigMap", name, namespace)


def test_an_existing_object_is_imported_without_a_change(project: Project, cluster: Cluster, namespace: str) -> None:
    wanted = service("s", namespace)
    cluster.apply(wanted["props"])
    project.declare({**wanted, "opts": {"import_": f"{namespace}/s"}})
    project.up()
    project.declare(wanted)
    project.preview("--expect-no-changes")
    assert project.resources()["s"]["id"] == f"{namespace}/s"


def test_objects_in_a_namespace_of_the_same_program_are_previewed(project: Project, cluster: Cluster) -> None:
    fresh = f"fresh-{time.monotonic_ns()}"
    props = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": fresh}}
    space = {"type": "kubernetes:core/v1:Namespace", "name": "space", "props": props}
    project.declare(space, config_map("c", fresh, a="1"), service("s", fresh))
    project.preview()
    project.up("--target", "**space")
    project.up()
    project.run("destroy", "--yes", "--skip-preview")
    assert cluster.get("v1", "Namespace", fresh) is None


def test_a_service_that_never_gets_its_address_stays_in_the_state(
    project: Project, cluster: Cluster, namespace: str
) -> None:
    waiting = service("s", namespace, "LoadBalancer")
    waiting["opts"] = {"custom_timeouts": {"create": "2s", "update": "2s"}}
    project.declare(waiting)
    failed = project.up(check=False)
    assert failed.returncode != 0
    assert "not ready after 2 s: the load balancer has no address yet" in failed.stdout + failed.stderr
    assert project.resources()["s"]["id"] == f"{namespace}/s"
    status = {"status": {"loadBalancer": {"ingress": [{"ip": "127.0.0.1"}]}}}
    path = cluster.path("v1", "Service", namespace=namespace, name="s") + "/status"
    cluster.request("PATCH", path, body=status, content_type="application/merge-patch+json")
    project.up()
    ingress = project.resources()["s"]["outputs"]["status"]["loadBalancer"]["ingress"]
    assert ingress[0]["ip"] == "127.0.0.1"
    project.preview("--expect-no-changes")


def test_a_secret_value_is_found_nowhere(project: Project, cluster: Cluster, namespace: str) -> None:
    canary = "canary-3f1d7e-value"
    subprocess.run(
        [str(project.pulumi), "config", "set", "--secret", "password"],
        input=canary, text=True, cwd=project.folder, env=project.environment, check=True, capture_output=True,
    )  # fmt: skip
    project.declare(secret("s", namespace, "password"))
    watcher = subprocess.Popen(
        ["sh", "-c", "while :; do cat /proc/[0-9]*/cmdline; done 2>/dev/null"],
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
    )
    written = [project.preview(), project.up(), project.preview("--expect-no-changes")]
    project.declare(
        {
            **secret("s", namespace, "password"),
            "props": {**secret("s", namespace, "password")["props"], "type": "kubernetes.io/tls"},
        }
    )
    written.append(project.preview(check=False))
    written.append(project.run("refresh", "--yes", "--skip-preview"))
    watcher.kill()
    arguments, _ = watcher.communicate()
    texts = [*(run.stdout + run.stderr for run in written), project.state(), arguments.decode(errors="replace")]
    encoded = "Y2FuYXJ5LTNmMWQ3ZS12YWx1ZQ"
    assert cluster.get("v1", "Secret", "s", namespace)["data"]["PASSWORD"].startswith(encoded)
    assert not [text for text in texts if canary in text or encoded in text]


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


def test_the_stack_production_is_previewed_but_never_written(
    new_project: Callable[[str], Project], cluster: Cluster, namespace: str
) -> None:
    project = new_project("production")
    project.declare(config_map("c", namespace, a="1"))
    project.preview()
    failed = project.up(check=False)
    assert "pulumi plugin install resource kubernetes" in failed.stdout + failed.stderr
    assert cluster.get("v1", "ConfigMap", "c", namespace) is None


POLICY = """
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy

def judge(args, report):
    if args.resource_type == "kubernetes:core/v1:ConfigMap" and args.props["data"]["a"] == "bad":
        report("a must not be bad")

PolicyPack("pack", enforcement_level=EnforcementLevel.MANDATORY, policies=[
    ResourceValidationPolicy(name="no-bad", description="none", validate=judge)])
"""


def test_a_policy_pack_in_python_stops_a_preview(project: Project, namespace: str, tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    pack.mkdir()
    runtime = {"name": "python", "options": {"virtualenv": sys.prefix}}
    (pack / "PulumiPolicy.yaml").write_text(json.dumps({"runtime": runtime}))
    (pack / "__main__.py").write_text(POLICY)
    project.declare(config_map("c", namespace, a="good"))
    project.preview("--policy-pack", str(pack))
    project.declare(config_map("c", namespace, a="bad"))
    refused = project.preview("--policy-pack", str(pack), check=False)
    assert refused.returncode != 0
    assert "a must not be bad" in refused.stdout + refused.stderr


def test_a_failing_program_shows_its_own_traceback_alone(project: Project) -> None:
    (project.folder / "__main__.py").write_text("def wire():\n    raise ValueError('no such setting')\n\nwire()\n")
    failed = project.preview(check=False)
    assert "ValueError: no such setting" in failed.stdout + failed.stderr
    assert "execute.py" not in failed.stdout + failed.stderr


def test_after_a_killed_engine_nothing_is_left_running_and_the_next_up_finishes(
    project: Project, cluster: Cluster, namespace: str
) -> None:
    project.declare(config_map("first", namespace, a="1"), service("slow", namespace, "LoadBalancer"))
    engine = subprocess.Popen(
        [str(project.pulumi), "up", "--yes", "--skip-preview", "--non-interactive"],
        cwd=project.folder, env=project.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while cluster.get("v1", "Service", "slow", namespace) is None:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    started = _children(engine.pid)
    assert started
    engine.send_signal(signal.SIGKILL)
    engine.wait()
    time.sleep(3)
    assert not [pid for pid in started if Path(f"/proc/{pid}").exists() and _state(pid) != "Z"]
    project.run("cancel", "--yes")
    project.declare(config_map("first", namespace, a="1"), service("slow", namespace))
    project.up()
    assert set(project.resources()) == {
        "first",
        "slow",
        *(name for name in project.resources() if name.startswith("default")),
    }
    assert [item["metadata"]["name"] for item in cluster.list("v1", "Service", namespace)] == ["slow"]
    project.preview("--expect-no-changes")


def _children(parent: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and _parent(int(entry.name)) == parent:
            found += [int(entry.name), *_children(int(entry.name))]
    return found


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError):
        return -1


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"
