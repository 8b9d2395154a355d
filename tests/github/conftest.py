from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.github.hub import Hub, running

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def hub() -> Iterator[Hub]:
    with running() as found:
        yield found
