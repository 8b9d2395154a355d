"""Where the offline plugins go, and when they stay away."""

from __future__ import annotations

import os
from importlib.metadata import version
from pathlib import Path

import pytest

from infra.local.plugins import install

PYTHON = Path("/venv/bin/python")
FOLDER = f"resource-kubernetes-v{version('pulumi-kubernetes')}"
PROVIDER = "pulumi-resource-kubernetes"
LANGUAGE = "pulumi-language-python"


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "personal"))
    engine = tmp_path / "bin" / "pulumi"
    engine.parent.mkdir()
    engine.touch()
    return engine


@pytest.fixture
def host(tmp_path: Path) -> Path:
    return tmp_path / "home" / "plugins" / f"language-python-v{version('rez-infra')}" / LANGUAGE


def test_launchers_are_put_where_the_engine_looks(engine: Path, host: Path, tmp_path: Path) -> None:
    install(engine, tmp_path / "home", PYTHON)
    provider = tmp_path / "home" / "plugins" / FOLDER / PROVIDER
    for launcher, module in ((host, "language"), (provider, "kubernetes")):
        assert os.access(launcher, os.X_OK)
        assert f'exec "${{REZ_PYTHON:-{PYTHON}}}" -P -m infra.local.plugins.{module}' in launcher.read_text()


def test_nothing_is_written_beside_the_engine(engine: Path, tmp_path: Path) -> None:
    install(engine, tmp_path / "home", PYTHON)
    assert list(engine.parent.iterdir()) == [engine]


def test_the_engines_own_language_host_is_enough(engine: Path, host: Path, tmp_path: Path) -> None:
    engine.with_name(LANGUAGE).write_bytes(b"\x7fELF")
    install(engine, tmp_path / "home", PYTHON)
    assert not host.exists()


def test_a_second_time_writes_nothing(engine: Path, host: Path, tmp_path: Path) -> None:
    install(engine, tmp_path / "home", PYTHON)
    before = host.stat().st_ino
    install(engine, tmp_path / "home", PYTHON)
    assert host.stat().st_ino == before


def test_another_interpreter_is_taken_over(engine: Path, host: Path, tmp_path: Path) -> None:
    install(engine, tmp_path / "home", PYTHON)
    install(engine, tmp_path / "home", Path("/other/python"))
    assert "/other/python" in host.read_text()


def test_official_plugins_win(engine: Path, tmp_path: Path) -> None:
    official = tmp_path / "personal" / "plugins" / FOLDER / PROVIDER
    official.parent.mkdir(parents=True)
    official.write_bytes(b"\x7fELF")
    install(engine, tmp_path / "home", PYTHON)
    assert (tmp_path / "home" / "plugins" / FOLDER / PROVIDER).read_bytes() == b"\x7fELF"
