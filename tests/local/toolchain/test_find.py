"""Where a tool is found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from infra.local.toolchain import TOOLS, find, locate
from infra.local.toolchain.find import cache_folder
from infra.local.toolchain.tools import KUBERNETES

Script = Callable[..., Path]


def put_in_cache(name: str) -> Path:
    binary = cache_folder(TOOLS[name]) / "bin" / name
    binary.parent.mkdir(parents=True, exist_ok=True)
    binary.write_text("")
    binary.chmod(0o755)
    return binary


def test_absent_everywhere(script: Script) -> None:
    assert locate("pulumi") is None


def test_an_official_tool_that_fits_wins_over_the_cache(script: Script) -> None:
    official = script("pulumi", "echo v3.230.1")
    put_in_cache("pulumi")
    found = locate("pulumi")
    assert found is not None
    assert (found.path, found.version, found.source) == (official, "3.230.1", "path")


@pytest.mark.parametrize(
    "body",
    ["echo v2.9.0", "echo v4.0.0", "echo hello", "exit 1", "echo v3.230.1; exit 3"],
    ids=["too old", "too new", "no version", "fails", "fails after telling one"],
)
def test_a_tool_on_path_that_does_not_fit_is_passed_over(script: Script, body: str) -> None:
    script("pulumi", body)
    assert locate("pulumi") is None
    cached = put_in_cache("pulumi")
    found = locate("pulumi")
    assert found is not None
    assert (found.path, found.source) == (cached, "cache")


def test_a_tool_that_hangs_is_passed_over(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(find, "PROBE_TIMEOUT_S", 0.2)
    script("etcd", "exec /bin/sleep 60")
    assert locate("etcd") is None


def test_the_cache_tells_the_locked_version(script: Script) -> None:
    put_in_cache("etcd")
    found = locate("etcd")
    assert found is not None
    assert found.version == TOOLS["etcd"].version


def test_a_cached_folder_without_its_binary_does_not_count(script: Script) -> None:
    put_in_cache("etcd").unlink()
    assert locate("etcd") is None


def test_path_is_not_searched_for_pause(script: Script) -> None:
    script("pause", "echo 1.0.0")
    assert locate("pause") is None


def kubernetes_on_path(script: Script, version: str) -> None:
    for command in KUBERNETES:
        script(command, f'[ "$1" = --version ] && echo "Kubernetes {version}"')
    script("kubectl", f'[ "$1 $2" = "version --client" ] && echo "Client Version: {version}"')


def test_kubernetes_on_path_is_all_six_in_one_folder(script: Script) -> None:
    kubernetes_on_path(script, "v1.35.7")
    found = locate("kubernetes")
    assert found is not None
    assert found.version == "1.35.7"
    assert {*KUBERNETES, "kubectl"} <= {file.name for file in found.path.parent.iterdir()}


def test_kubernetes_with_one_command_absent_does_not_count(script: Script) -> None:
    kubernetes_on_path(script, "v1.35.7")
    script("kubelet", "").unlink()
    assert locate("kubernetes") is None


def test_kubernetes_of_two_versions_does_not_count(script: Script) -> None:
    kubernetes_on_path(script, "v1.35.7")
    script("kubelet", "echo Kubernetes v1.35.6")
    assert locate("kubernetes") is None


def test_kubectl_one_minor_release_away_is_supported_and_comes_with_kubernetes(script: Script) -> None:
    script("kubectl", "echo Client Version: v1.34.2")
    found = locate("kubectl")
    assert found is not None
    assert found.source == "path"
    assert cache_folder(TOOLS["kubectl"]) == cache_folder(TOOLS["kubernetes"])
