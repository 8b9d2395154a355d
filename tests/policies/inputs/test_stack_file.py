"""The exemptions of a stack file: what cannot be read is said in one line, and is never taken for none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from policies.inputs.stack_file import exemptions

if TYPE_CHECKING:
    from pathlib import Path

NAME = "Pulumi.production.yaml"


def test_a_file_that_is_not_there_has_none(tmp_path: Path) -> None:
    assert exemptions(tmp_path / NAME).held == ()


def test_a_folder_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    with pytest.raises(ValueError, match=f"^{NAME}: cannot be read: Is a directory; repair it$"):
        exemptions(tmp_path / NAME)


def test_what_is_no_text_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"a: \xff")
    with pytest.raises(ValueError, match=f"^{NAME}: cannot be read: .* invalid start byte; repair it$"):
        exemptions(tmp_path / NAME)


def test_what_is_no_yaml_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text("a: [")
    with pytest.raises(ValueError, match=f"^{NAME}: not readable as YAML: .*; repair it$"):
        exemptions(tmp_path / NAME)
