from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from infra.cli.stack import choose
from infra.errors import PreconditionError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("PULUMI_STACK", raising=False)
    monkeypatch.setenv("REZ_CACHE", str(tmp_path))


def test_the_given_stack_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_STACK", "production")
    assert [choose("local"), choose(None)] == ["local", "production"]


def test_a_running_local_system_is_the_default(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "kubeconfig").touch()
    assert choose(None) == "local"


def test_without_any_hint_it_must_be_given() -> None:
    with pytest.raises(PreconditionError, match="--stack NAME"):
        choose(None)
