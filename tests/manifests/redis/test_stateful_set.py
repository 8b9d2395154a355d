from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from infra.manifests.redis.config_map import config_map
from infra.manifests.redis.network_policy import network_policy
from infra.manifests.redis.service import services
from infra.manifests.redis.stateful_set import stateful_set

if TYPE_CHECKING:
    from pathlib import Path

    from infra.settings import Settings

IMAGE = f"docker.io/library/redis@sha256:{'b' * 64}"


def test_six_pods_start_at_once_and_keep_their_volumes(settings: Settings) -> None:
    spec = stateful_set(settings, IMAGE, config="c", secret="s")["spec"]
    assert spec["replicas"] == 6
    assert spec["podManagementPolicy"] == "Parallel"
    assert spec["persistentVolumeClaimRetentionPolicy"] == {"whenDeleted": "Retain", "whenScaled": "Retain"}
    server = spec["template"]["spec"]["containers"][0]
    assert server["resources"]["limits"]["memory"] == "512Mi"
    assert server["args"][1] == "$(POD_NAME).redis-peers.production.svc"
    assert server["args"][2:] == ["--cluster-announce-ip", "$(POD_IP)"]


def test_pods_have_names_before_they_are_ready_and_clients_see_ready_ones() -> None:
    client, peers = (each["spec"] for each in services())
    assert peers["publishNotReadyAddresses"]
    assert "publishNotReadyAddresses" not in client


def test_the_bus_is_for_peers_alone() -> None:
    api, peers = network_policy()["spec"]["ingress"]
    assert [port["port"] for port in api["ports"]] == [6379]
    assert [port["port"] for port in peers["ports"]] == [6379, 16379]


def test_another_configuration_is_another_object(settings: Settings) -> None:
    memory = settings.redis.memory.model_copy(update={"data_mib": 64})
    other = settings.model_copy(update={"redis": settings.redis.model_copy(update={"memory": memory})})
    assert config_map(settings)["metadata"]["name"] != config_map(other)["metadata"]["name"]


def test_the_script_is_one_that_every_shell_reads(settings: Settings, tmp_path: Path) -> None:
    script = tmp_path / "peers.sh"
    script.write_text(config_map(settings)["data"]["peers.sh"])
    subprocess.run(["/bin/sh", "-n", str(script)], check=True)
