"""The folder that a preview works in."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from infra.preview.workplace import workplace

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_it_is_gone_at_the_end_also_after_a_failure(place: Path) -> None:
    def fail() -> None:
        with workplace() as folder:
            (folder / "file").touch()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert list(place.iterdir()) == []


def test_what_a_killed_one_left_is_removed_and_what_somebody_works_in_is_not(place: Path) -> None:
    program = "import time\nfrom infra.preview.workplace import workplace\n"
    program += "with workplace() as folder: print(folder, flush=True); time.sleep(60)"
    env = os.environ | {"TMPDIR": str(place)}
    with subprocess.Popen([sys.executable, "-c", program], env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        left = place / process.stdout.readline().strip()
        with workplace():
            assert left.is_dir()
        process.send_signal(signal.SIGKILL)
    assert left.is_dir()
    with workplace() as own:
        assert list(place.iterdir()) == [own]


def test_only_folders_of_its_name_are_removed(place: Path) -> None:
    (place / "other").mkdir()
    (place / "target").mkdir()
    (place / "rez-preview-file").touch()
    (place / "rez-preview-link").symlink_to(place / "target")
    with workplace():
        pass
    assert {each.name for each in place.iterdir()} == {"other", "target", "rez-preview-file", "rez-preview-link"}


def test_many_at_once_take_nothing_from_each_other() -> None:
    def work(number: int) -> bool:
        with workplace() as folder:
            (folder / "own").write_text(str(number))
            return (folder / "own").read_text() == str(number)

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(work, range(200)))
