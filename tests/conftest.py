"""What holds for all tests: no time limit on an example, and how they are shared out among processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadFileScheduling

if TYPE_CHECKING:
    import pytest
    from xdist.remote import Producer


# A busy machine is no fault of what is tested.
settings.register_profile("rez", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("rez")


class _OneSystem(LoadFileScheduling):
    """Keep a file together, and all that shares the local system, which waits most of the time."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return "tests/system" if file.startswith("tests/system/") else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> _OneSystem:
    return _OneSystem(config, log)
