"""The offline plugins under the real engine and API server: what is made, changed and refused."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.local.plugins.declared import config_map, deployment, secret, service

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from infra.cluster import Cluster
    from tests.local.plugins.conftest import Project

pytestmark = pytest.mark.engine


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


def test_a_removed_field_is_removed_from_the_object(project: Project, cluster: Cluster, namespace: str) -> None:
    project.declare(config_map("c", namespace, a="1", b="2"))
    project.up()
    project.declare(config_map("c", namespace, a="1"))
    preview = project.preview()
    assert "- b" in preview.stdout.replace("  ", " ")
    project.up()
    assert cluster.get("v1", "ConfigMap", "c", namespace)["data"] == {"a": "1"}


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


@pytest.mark.parametrize("stack", ["production", "staging"])
def test_another_stack_is_previewed_but_not_written(
    new_project: Callable[[str], Project], cluster: Cluster, namespace: str, stack: str
) -> None:
    project = new_project(stack)
    project.declare(config_map("c", namespace, a="1"))
    project.preview()
    failed = project.up(check=False)
    assert "pulumi plugin install resource kubernetes" in failed.stdout + failed.stderr
    assert cluster.get("v1", "ConfigMap", "c", namespace) is None


def test_the_state_of_another_stack_is_not_refreshed(new_project: Callable[[str], Project], namespace: str) -> None:
    project = new_project("local")
    project.declare(config_map("c", namespace, a="1"))
    project.up()
    project.run("stack", "rename", "staging")
    project.preview("--expect-no-changes")
    before = project.resources()["c"]
    failed = project.run("refresh", "--yes", "--skip-preview", check=False)
    assert failed.returncode != 0
    assert "only previews stack staging: it neither writes nor refreshes" in failed.stdout + failed.stderr
    after = project.resources()["c"]
    assert [after[key] for key in ("id", "inputs", "outputs")] == [before[key] for key in ("id", "inputs", "outputs")]


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
