from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from infra.manifests.pod import Mounts, pod_template

if TYPE_CHECKING:
    from infra.manifests import Manifest
    from infra.manifests.release import Release
    from infra.settings import Settings


@pytest.fixture
def container(template: Manifest) -> Manifest:
    (only,) = template["spec"]["containers"]
    return dict(only)


def test_it_runs_the_release_by_digest_and_says_which(
    template: Manifest, container: Manifest, release: Release
) -> None:
    assert container["image"] == release.image
    assert template["metadata"]["labels"]["app.kubernetes.io/version"] == "v1"


def test_it_has_the_runbooks_resources(container: Manifest) -> None:
    assert container["resources"] == {
        "requests": {"cpu": "500m", "memory": "512Mi"},
        "limits": {"cpu": "1", "memory": "1Gi"},
    }


def test_nodes_heap_is_capped_where_the_limit_is_seen(container: Manifest) -> None:
    assert container["env"] == [{"name": "NODE_OPTIONS", "value": "--max-old-space-size=768"}]


def test_liveness_does_not_ask_for_the_database(container: Manifest) -> None:
    paths = {
        probe: container[probe]["httpGet"]["path"] for probe in ("startupProbe", "readinessProbe", "livenessProbe")
    }
    assert paths == {"startupProbe": "/health", "readinessProbe": "/health", "livenessProbe": "/health/live"}


def test_probes_ask_the_port_by_the_name_it_has(container: Manifest) -> None:
    assert container["ports"] == [{"name": "http", "containerPort": 3000, "protocol": "TCP"}]
    assert container["readinessProbe"]["httpGet"]["port"] == "http"


def test_prometheus_finds_its_metrics_at_the_containers_port(template: Manifest, container: Manifest) -> None:
    annotations = template["metadata"]["annotations"]
    assert annotations == {
        "prometheus.io/scrape": "true",
        "prometheus.io/port": str(container["ports"][0]["containerPort"]),
        "prometheus.io/path": "/metrics",
    }


def test_it_says_what_it_is_and_what_it_belongs_to(template: Manifest) -> None:
    labels = template["metadata"]["labels"]
    assert labels["app.kubernetes.io/name"] == "merchant-backend"
    assert labels["app.kubernetes.io/part-of"] == "rez"
    assert labels["app.kubernetes.io/managed-by"] == "pulumi"


def test_it_leaves_the_endpoints_before_it_stops_within_its_grace(template: Manifest, container: Manifest) -> None:
    sleep = container["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert 0 < sleep < template["spec"]["terminationGracePeriodSeconds"]


def test_it_is_restricted(template: Manifest, container: Manifest) -> None:
    pod, own = template["spec"]["securityContext"], container["securityContext"]
    assert pod["runAsNonRoot"]
    assert pod["runAsUser"] == 10001
    assert pod["seccompProfile"] == {"type": "RuntimeDefault"}
    assert own == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


def test_it_has_its_own_account_and_no_token(template: Manifest) -> None:
    assert template["spec"]["serviceAccountName"] == "merchant-backend"
    assert template["spec"]["automountServiceAccountToken"] is False


def test_secrets_are_files_and_never_environment(template: Manifest, container: Manifest, mounts: Mounts) -> None:
    (volume,) = [each for each in template["spec"]["volumes"] if each["name"] == "secrets"]
    assert [source["secret"]["name"] for source in volume["projected"]["sources"]] == list(mounts.secrets)
    assert container["envFrom"] == [{"configMapRef": {"name": mounts.config}}]
    assert all("valueFrom" not in variable for variable in container["env"])


def test_every_mount_has_its_volume(template: Manifest, container: Manifest) -> None:
    paths = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    assert paths == {"tmp": "/tmp", "secrets": "/var/run/rez/secrets", "storage": "/data"}
    assert {volume["name"] for volume in template["spec"]["volumes"]} == set(paths)


def test_pods_of_one_release_are_spread_without_blocking(template: Manifest) -> None:
    for constraint in template["spec"]["topologySpreadConstraints"]:
        assert constraint["matchLabelKeys"] == ["pod-template-hash"]
        assert constraint["whenUnsatisfiable"] == "ScheduleAnyway"


def test_a_canary_differs_in_its_track_alone(settings: Settings, release: Release, mounts: Mounts) -> None:
    canary = pod_template(settings, release, mounts, track="canary")
    assert canary["metadata"]["labels"]["track"] == "canary"
    assert canary["spec"]["containers"] == pod_template(settings, release, mounts)["spec"]["containers"]
