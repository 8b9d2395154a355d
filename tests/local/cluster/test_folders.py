"""Where real nodes can live."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.errors import PreconditionError
from infra.local.cluster import folders


def test_a_folder_that_leaves_just_enough_room_for_the_nodes_sockets_is_taken() -> None:
    folders.refuse_unfit(Path("/data".ljust(66, "x")))


def test_a_longer_one_is_refused_with_its_length_and_the_way_out() -> None:
    with pytest.raises(PreconditionError, match=r"has 67 bytes, .* room for 66: set REZ_RUN to a shorter path"):
        folders.refuse_unfit(Path("/data".ljust(67, "x")))
