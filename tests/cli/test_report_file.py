from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from infra.cli import report_file
from infra.manifests.release import Release
from infra.rollout.report import Report

if TYPE_CHECKING:
    from pathlib import Path

    from infra.rollout.report import Outcome

V2, V3 = (Release(f"v{n}", f"docker.io/rezapp/merchant-backend@sha256:{str(n) * 64}") for n in (2, 3))
PHASES = [("preview", 3.21), ("watch", 40.0)]


def report(outcome: Outcome, *, logs: tuple[str, ...] = (), message: str = "container api crashed") -> Report:
    return Report("deploy", "production", V3, V2, outcome, "crash-loop", message, "v2", 43.0, ("Pod/a: x",), logs)


def test_a_page_tells_what_how_long_evidence_and_next_step() -> None:
    page = report_file.as_markdown(report("rolled-back", logs=("TypeError: x",)), PHASES)
    for part in ("↩️ deploy v3 on production: rolled-back", "| preview | 3.2 s |", "| watch | 40.0 s |", "Pod/a: x"):
        assert part in page
    for part in ("crash-loop: container api crashed", "TypeError: x", V3.image, "**Next:** mend"):
        assert part in page


def test_what_pods_said_cannot_reach_out_of_it() -> None:
    page = report_file.as_markdown(report("failed", logs=("```", "# forged", "<img src=x>"), message="```\n@all"), [])
    for line in ("# forged", "@all"):
        before = page[: page.index(line)]
        assert before.count("````") % 2 == 1  # inside a fence that is longer than theirs


@pytest.mark.parametrize(
    ("outcome", "step"),
    [
        ("deployed", "rez rollback v2 --stack production"),
        ("unchanged", "nothing: it ran already"),
        ("rolled-back", "mend"),
        ("timed-out", "mend"),
        ("failed", "page a human"),
    ],
)
def test_every_end_has_a_next_step(outcome: Outcome, step: str) -> None:
    assert step in report_file.next_step(report(outcome))


def test_the_files_name_says_the_form(tmp_path: Path) -> None:
    for name in ("report.json", "report.md"):
        report_file.write(str(tmp_path / name), report("deployed"), PHASES)
    found = json.loads((tmp_path / "report.json").read_text())
    assert found["phases"] == [{"phase": "preview", "seconds": 3.2}, {"phase": "watch", "seconds": 40.0}]
    assert found["next"].startswith("nothing; back")
    assert (tmp_path / "report.md").read_text().startswith("## ✅")
