"""One local system for all tests of this folder, in a run folder of its own beside a person's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks.load import Load
from tests.system.support import System

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
    """Short connections through the Service, 100 a second: enough that a canary gets its requests in ten seconds."""
    return lambda: Load(f"{system.url}/", rate=100)
