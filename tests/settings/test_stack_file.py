"""Which file is a stack's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from infra.errors import PreconditionError
from infra.settings import load
from infra.settings.stack_file import file_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("stack", ["", "../../etc/passwd", "a/b", "a b", "x" * 101])
def test_no_stack_leads_to_a_file_elsewhere(stack: str) -> None:
    with pytest.raises(PreconditionError, match="is no name of a stack"):
        file_of(stack)


def test_a_name_that_is_none_is_told_as_it_was_given(tmp_path: Path) -> None:
    with pytest.raises(PreconditionError, match=r"^stack: '\.\./x' is no name of a stack"):
        load("../x", tmp_path)
