"""Official plugins are compiled, ours are scripts."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.local import paths
from infra.local.doctor.plugin_files import LANGUAGE, plugins
from infra.local.plugins import install


@pytest.fixture
def official_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("REZ_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "official"))
    return tmp_path / "official"


def put(home: Path, version: str, content: bytes) -> Path:
    file = home / f"plugins/resource-kubernetes-v{version}/pulumi-resource-kubernetes"
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    return file


def test_nothing_is_there(official_home: Path) -> None:
    assert set(plugins().values()) == {None}


def test_a_compiled_plugin_is_official(official_home: Path) -> None:
    file = put(official_home, "4.34.2", b"\x7fELF")
    plugin = plugins()["pulumi-resource-kubernetes"]
    assert plugin is not None
    assert (plugin.path, plugin.version, plugin.official) == (file, "4.34.2", True)


def test_a_script_is_ours_and_gives_way_to_the_official_one(official_home: Path) -> None:
    put(paths.pulumi_home(), "4.34.2", b"#!/usr/bin/env python\n")
    ours = plugins()["pulumi-resource-kubernetes"]
    assert ours is not None
    assert not ours.official
    put(official_home, "4.30.0", b"\x7fELF")
    official = plugins()["pulumi-resource-kubernetes"]
    assert official is not None
    assert official.official


def test_the_language_host_on_path_is_seen(official_home: Path, tmp_path: Path) -> None:
    host = tmp_path / "bin" / LANGUAGE
    host.parent.mkdir()
    host.write_bytes(b"\x7fELF")
    host.chmod(0o755)
    found = plugins()[LANGUAGE]
    assert found is not None
    assert found.official


def test_our_language_host_lies_in_our_home(official_home: Path) -> None:
    install(official_home / "bin/pulumi", paths.pulumi_home(), Path("/venv/bin/python"))
    found = plugins()[LANGUAGE]
    assert found is not None
    assert not found.official
