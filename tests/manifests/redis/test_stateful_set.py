from __future__ import annotations

import os
import subprocess
from datetime import date
from typing import TYPE_CHECKING

import pytest

from infra.manifests.redis.config_map import config_map
from infra.manifests.redis.network_policy import network_policy
from infra.manifests.redis.service import services
from infra.manifests.redis.stateful_set import stateful_set

if TYPE_CHECKING:
    from pathlib import Path

    from infra.settings import Settings

IMAGE = f"docker.io/library/redis@sha256:{'b' * 64}"


def test_six_pods_start_at_once_and_keep_their_volumes(settings: Settings) -> None:
    spec = stateful_set(settings, IMAGE, config="c", secret="s", certificate_ends=None)["spec"]
    assert spec["replicas"] == 6
    assert spec["podManagementPolicy"] == "Parallel"
    assert spec["persistentVolumeClaimRetentionPolicy"] == {"whenDeleted": "Retain", "whenScaled": "Retain"}
    server = spec["template"]["spec"]["containers"][0]
    assert server["resources"]["limits"]["memory"] == "512Mi"
    assert server["args"][1] == "$(POD_NAME).redis-peers.production.svc"
    assert server["args"][2:] == ["--cluster-announce-ip", "$(POD_IP)"]


def test_the_last_day_of_the_certificate_is_seen_without_reading_it(settings: Settings) -> None:
    ends = date(2027, 11, 29)
    pods = stateful_set(settings, IMAGE, config="c", secret="s", certificate_ends=ends)
    assert pods["metadata"]["annotations"]["rez.dev/certificate-ends"] == "2027-11-29"
    assert pods["spec"] == stateful_set(settings, IMAGE, config="c", secret="s", certificate_ends=None)["spec"]


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


def asked(question: str, answer: str, settings: Settings, folder: Path) -> subprocess.CompletedProcess[str]:
    """What the script says if its server answers that to everything."""
    (folder / "peers.sh").write_text(config_map(settings)["data"]["peers.sh"])
    (folder / "answer").write_text(answer.replace("\n", "\r\n"))
    redis = folder / "redis-cli"
    redis.write_text(f"#!/bin/sh\ncat {folder}/answer\n")
    redis.chmod(0o755)
    environment = {"PATH": f"{folder}:{os.environ['PATH']}", "POD_NAME": "redis-0", "MASTERS": "3", "PODS": "6"}
    argv = ["/bin/sh", str(folder / "peers.sh"), question]
    return subprocess.run(argv, env=environment, capture_output=True, text=True, check=False)


def test_a_pod_tells_on_one_line_how_its_server_is(settings: Settings, tmp_path: Path) -> None:
    done = asked("tell", "# Section\nrole:master\nused_memory:7\nused_memory_peak:9\n", settings, tmp_path)
    assert done.stdout == "status role:master used_memory:7\n"


@pytest.mark.parametrize(
    ("answer", "ready"),
    [
        ("cluster_state:ok\ncluster_slots_assigned:16384\nrole:master\n", True),
        ("cluster_state:ok\ncluster_slots_assigned:16384\nrole:slave\nmaster_link_status:up\n", True),
        ("cluster_state:ok\ncluster_slots_assigned:16384\nrole:slave\nmaster_link_status:down\n", False),
        ("cluster_state:fail\ncluster_slots_assigned:16384\nrole:master\n", False),
        ("cluster_state:ok\ncluster_slots_assigned:5461\nrole:master\n", False),
        ("LOADING Redis is loading the dataset in memory\n", False),
    ],
)
def test_a_pod_is_ready_while_it_sees_the_whole_cluster_and_follows_its_master(
    settings: Settings, tmp_path: Path, answer: str, *, ready: bool
) -> None:
    assert (asked("ready", answer, settings, tmp_path).returncode == 0) is ready
