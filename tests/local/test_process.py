from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from infra.local import process
from infra.local.process import Process

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NO_PID = 2**22 + 1
"""Above the highest process id that a kernel gives."""


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    started = subprocess.Popen(["sleep", "60"])
    yield started
    started.kill()
    started.wait()


def known(pid: int) -> Process:
    found = Process.of(pid)
    assert found is not None
    return found


def test_a_process_is_alive_until_it_ends(sleeper: subprocess.Popen[bytes]) -> None:
    seen = known(sleeper.pid)
    assert seen.alive()
    sleeper.kill()
    assert seen.wait(5)
    assert not seen.alive()


def test_a_zombie_is_not_alive(sleeper: subprocess.Popen[bytes]) -> None:
    seen = known(sleeper.pid)
    sleeper.kill()
    assert seen.wait(5)  # nobody has collected it yet
    assert process.started(sleeper.pid) is None
    assert process.gone(sleeper.pid)


def test_a_reused_id_is_another_process(sleeper: subprocess.Popen[bytes]) -> None:
    seen = known(sleeper.pid)
    assert not Process(seen.pid, seen.started - 1).alive()


def test_a_reused_id_is_never_signalled(sleeper: subprocess.Popen[bytes]) -> None:
    Process(sleeper.pid, 1).end()
    assert sleeper.poll() is None


def test_there_is_no_process_of_an_unused_id() -> None:
    assert Process.of(NO_PID) is None
    assert process.gone(NO_PID)
    assert process.children(NO_PID) == []
    assert process.resident_mib(NO_PID) == 0


def test_a_name_with_blanks_and_brackets_does_not_confuse(tmp_path: Path) -> None:
    program = tmp_path / "a) Z 1 (b"
    program.symlink_to("/bin/sleep")
    started = subprocess.Popen([program, "60"])
    try:
        assert known(started.pid).alive()
    finally:
        started.kill()
        started.wait()


def test_waiting_ends_at_the_timeout(sleeper: subprocess.Popen[bytes]) -> None:
    began = time.monotonic()
    assert not known(sleeper.pid).wait(0.1)
    assert time.monotonic() - began < 2


def test_one_that_does_not_listen_is_made_to_end() -> None:
    script = "trap '' TERM; echo ready; while :; do sleep 0.05; done"
    stubborn = subprocess.Popen(["sh", "-c", script], stdout=subprocess.PIPE)
    with stubborn:
        assert stubborn.stdout
        assert stubborn.stdout.readline() == b"ready\n"
        known(stubborn.pid).end(grace_s=0.2)
        assert stubborn.wait(5) == -signal.SIGKILL


def test_one_that_listens_is_asked_only(sleeper: subprocess.Popen[bytes]) -> None:
    known(sleeper.pid).end()
    assert sleeper.wait(5) == -signal.SIGTERM


_THREADS = """
import subprocess, threading, time
started = []
def work():
    started.append(subprocess.Popen(["sh", "-c", "sleep 60 & wait"]))
    time.sleep(60)
threading.Thread(target=work).start()
while not started: time.sleep(0.01)
print(started[0].pid, flush=True)
time.sleep(60)
"""


def test_children_of_every_thread_are_found_down_to_the_last() -> None:
    with subprocess.Popen([sys.executable, "-c", _THREADS], stdout=subprocess.PIPE, start_new_session=True) as parent:
        try:
            assert parent.stdout
            child = int(parent.stdout.readline())
            assert process.children(parent.pid) == [child]
            deadline = time.monotonic() + 5
            while len(family := process.family(parent.pid)) < 3 and time.monotonic() < deadline:
                time.sleep(0.02)
            assert family[:2] == [parent.pid, child]
            assert len(family) == 3
        finally:
            os.killpg(parent.pid, signal.SIGKILL)


def test_a_living_process_is_not_gone_even_where_proc_does_not_show_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "started", lambda _: None)
    monkeypatch.setattr(process.Path, "exists", lambda _: False)
    assert not process.gone(os.getpid())
    assert process.gone(NO_PID)


def test_a_process_that_may_not_be_signalled_is_not_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: int) -> None:
        raise PermissionError

    monkeypatch.setattr(process, "started", lambda _: None)
    monkeypatch.setattr(process.os, "kill", forbidden)
    assert not process.gone(NO_PID)


def test_memory_is_counted_in_mib() -> None:
    assert 5 < process.resident_mib(os.getpid()) < 2000
