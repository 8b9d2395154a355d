from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from infra.errors import PreconditionError
from infra.github.job import LARGEST_SUMMARY, Job

if TYPE_CHECKING:
    from pathlib import Path


def test_outputs_and_summary_are_appended_to_the_runners_files(tmp_path: Path) -> None:
    job = Job({"GITHUB_OUTPUT": str(tmp_path / "out"), "GITHUB_STEP_SUMMARY": str(tmp_path / "page")})
    for number in (1, 2):
        job.put(f"n{number}", str(number))
        job.summarize(f"# {number}")
    assert (tmp_path / "out").read_text() == "n1=1\nn2=2\n"
    assert (tmp_path / "page").read_text() == "# 1\n# 2\n"


def test_without_a_runner_nothing_is_written() -> None:
    Job({}).put("code", "0")
    Job({}).summarize("text")


@pytest.mark.parametrize("value", ["0\nother=1", "0\rother=1"])
def test_an_output_cannot_become_two(tmp_path: Path, value: str) -> None:
    with pytest.raises(ValueError, match="several lines"):
        Job({"GITHUB_OUTPUT": str(tmp_path / "out")}).put("code", value)


def test_a_page_is_cut_before_github_drops_it(tmp_path: Path) -> None:
    Job({"GITHUB_STEP_SUMMARY": str(tmp_path / "page")}).summarize("a line\n" * 300_000)
    assert LARGEST_SUMMARY - 200 < len((tmp_path / "page").read_text()) <= LARGEST_SUMMARY + 1


def test_the_event_is_read(tmp_path: Path) -> None:
    (tmp_path / "event.json").write_text(json.dumps({"number": 7}))
    assert Job({"GITHUB_EVENT_PATH": str(tmp_path / "event.json")}).event() == {"number": 7}


def test_outside_a_job_it_is_said() -> None:
    with pytest.raises(PreconditionError, match="GITHUB_EVENT_PATH is not set"):
        Job({}).event()
    with pytest.raises(PreconditionError, match="GITHUB_SERVER_URL is not set"):
        _ = Job({}).url
