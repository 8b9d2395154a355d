from __future__ import annotations

from pathlib import Path

import pytest

from infra.local import paths


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REZ_CACHE", "REZ_RUN", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", "/home/me")


def test_the_checkout_is_where_the_project_file_is() -> None:
    assert (paths.ROOT / "Pulumi.yaml").is_file()


def test_the_cache_follows_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert paths.cache() == Path("/home/me/.cache/rez-infra")
    monkeypatch.setenv("XDG_CACHE_HOME", "/xdg")
    assert paths.cache() == Path("/xdg/rez-infra")
    monkeypatch.setenv("REZ_CACHE", "/named")
    assert paths.cache() == Path("/named")


def test_another_run_folder_shares_the_built_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    tools, home = paths.toolchain(), paths.pulumi_home()
    monkeypatch.setenv("REZ_RUN", "/second")
    assert (paths.toolchain(), paths.pulumi_home()) == (tools, home)
    assert paths.run() == Path("/second")


def test_what_down_deletes_lies_in_the_run_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REZ_RUN", "/second")
    for place in (paths.kubeconfig(), paths.pulumi_state(), paths.images()):
        assert place.parent == Path("/second")
    assert not paths.toolchain().is_relative_to(paths.run())


def test_nothing_of_the_running_system_lies_in_the_checkout() -> None:
    for place in (paths.cache(), paths.run()):
        assert not place.is_relative_to(paths.ROOT)
