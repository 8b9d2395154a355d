from __future__ import annotations

import os
import pty
import re
import subprocess
import sys

import pytest

from infra.cli import progress
from infra.cli.progress import LiveProgress, Progress
from infra.rollout.progress import Entered, Planned, Watched

PLANNED = Planned(("preview", "up", "watch", "record"))
WATCHED = Watched({"new": {"ready": 2, "starting": 1}, "old": {"leaving": 1}}, 88.4)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def play(shown: Progress, clock: Clock) -> None:
    with shown:
        shown.show(PLANNED)
        shown.show(Entered("preview"))
        clock.now = 3
        shown.show(Entered("watch"))
        shown.say("v2: 1 of 3 updated")
        shown.show(WATCHED)
        clock.now = 15


def test_lines_have_the_time_and_the_phase(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    shown = Progress(clock=clock)
    play(shown, clock)
    lines = capsys.readouterr().err.splitlines()
    assert [line[10:] for line in lines] == ["phase: preview", "phase: watch", "v2: 1 of 3 updated"]
    assert all(re.match(r"\d\d:\d\d:\d\d  ", line) for line in lines)
    assert shown.phases == [("preview", 3), ("watch", 12)]


def test_a_jobs_log_is_folded_by_phase(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    play(Progress(folded=True, clock=clock), clock)
    lines = capsys.readouterr().err.splitlines()
    assert lines[:3] == ["::group::preview", "::endgroup::", "::group::watch"]
    assert lines[-1] == "::endgroup::"


def test_what_a_pod_said_commands_neither_runner_nor_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    Progress(folded=True).say("\x1b[2J::error::forged ##[error]")
    assert "##[" not in capsys.readouterr().err
    assert progress._printable("a\x1b[2J\rb") == "a [2J b"


def test_the_view_shows_phases_pods_and_the_time_that_is_left() -> None:
    clock = Clock()
    shown = LiveProgress(clock=clock)
    for event in (PLANNED, Entered("preview")):
        shown.show(event)
    clock.now = 3
    for event in (Entered("watch"), WATCHED):
        shown.show(event)
    text = shown.view().plain
    for part in ("✓ preview 3 s", "▶ watch 0 s", "· up", "· record", "2 ready, 1 starting", "1 leaving", "88 s left"):
        assert part in text
    shown.show(Entered("record"))
    assert "ready" not in shown.view().plain


@pytest.mark.parametrize(
    ("env", "kind"), [({"GITHUB_ACTIONS": "true"}, Progress), ({}, Progress), ({"TERM": "dumb"}, Progress)]
)
def test_where_nobody_watches_there_are_lines(
    monkeypatch: pytest.MonkeyPatch, env: dict[str, str], kind: type[Progress]
) -> None:
    for name in ("GITHUB_ACTIONS", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert type(progress.choose()) is kind


PROGRAM = """
from infra.cli import progress
from infra.rollout.progress import Entered, Planned, Watched
with progress.choose() as shown:
    shown.show(Planned(("up", "watch")))
    shown.show(Entered("watch"))
    shown.show(Watched({"new": {"ready": 2}}, 60.0))
    shown.say("a line")
    shown._live.refresh()
print("the end")
"""


def on_a_terminal(**env: str) -> str:
    leader, follower = pty.openpty()
    base = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "GITHUB_ACTIONS"}}
    done = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdout=follower, stderr=follower, env=base | {"TERM": "xterm"} | env
    )
    os.close(follower)
    found = b""
    while True:
        try:
            part = os.read(leader, 4096)
        except OSError:  # the other end is closed
            break
        found += part
    os.close(leader)
    assert done.wait() == 0
    return found.decode()


def test_on_a_real_terminal_the_view_goes_and_the_lines_stay() -> None:
    found = on_a_terminal()
    assert "2 ready" in found
    assert "\x1b[1m" in found
    assert found.index("a line") < found.index("the end")
    assert "\x1b[?25h" in found  # the cursor is back


def test_no_color_is_minded() -> None:
    found = on_a_terminal(NO_COLOR="1")
    assert "2 ready" in found
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]m", found)
