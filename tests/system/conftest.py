"""One local system for all tests of this folder, in a run folder of its own beside a person's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.system.support import Load, System

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    running = System(tmp_path_factory.mktemp("rez") / "run")
    running.rez("local", "up", timeout=3600)
    yield running
    running.rez("local", "down")


@pytest.fixture(scope="session")
def load(system: System) -> Callable[[], Load]:
    return lambda: Load(f"{system.url}/")
