"""One local system for all tests of this folder, in a run folder of its own beside a person's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.system.support import Load, System

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


_DESTROYS: Final = Path(__file__).with_name("test_stack.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what destroys the whole stack last: its API server does not follow the lock's Lease again (fencing.py)."""
    items.sort(key=lambda item: item.path == _DESTROYS)


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    running = System(tmp_path_factory.mktemp("rez") / "run")
    running.rez("local", "up", timeout=3600)
    yield running
    running.rez("local", "down")


@pytest.fixture(scope="session")
def load(system: System) -> Callable[[], Load]:
    return lambda: Load(f"{system.url}/")
