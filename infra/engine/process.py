"""One run of the engine's process: its output taken, its end waited for, interruptions passed on."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from infra.engine import runs
from infra.errors import Terminated

if TYPE_CHECKING:
    from pathlib import Path

OnLine = Callable[[str], None]
_LOOK_S = 0.2


def attached(args: Sequence[str], *, cwd: Path, env: Mapping[str, str]) -> int:
    """Run `pulumi` on our own terminal, untouched.

    Returns:
        Exit code.
    """
    process = subprocess.Popen(["pulumi", *args], cwd=cwd, env=dict(env))
    return _ended(process, (), print, apart=False)


def run(
    args: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    on_line: OnLine | None,
    stop: threading.Event | None = None,
) -> tuple[int, str]:
    """Run `pulumi` to its end and take what it says.

    Args:
        args: As after `pulumi`.
        cwd: The folder of Pulumi.yaml.
        env: Whole environment.
        on_line: Called with each line of output; None leaves the terminal to the engine.
        stop: Interrupts it, once it is set, and lets it end in its own way.

    Returns:
        Exit code, and what was captured: all of the output, or only stderr where the terminal is the engine's.
    """
    quiet = on_line is not None
    # With a terminal the engine shares its process group, to be able to ask; without one it gets its own, and only we
    # pass on a signal: a second one would make it end at once, forgetting what it did.
    apart = quiet or not sys.stdin.isatty()
    process = subprocess.Popen(
        ["pulumi", *args],
        cwd=cwd,
        env=dict(env),
        text=True,
        errors="replace",
        stdin=subprocess.DEVNULL if quiet else None,
        stdout=subprocess.PIPE if quiet else None,
        stderr=subprocess.STDOUT if quiet else subprocess.PIPE,
        start_new_session=apart,
    )
    source = process.stdout if quiet else process.stderr
    kept: list[str] = []
    show = on_line or (lambda line: print(line, file=sys.stderr))

    def keep(line: str) -> None:
        kept.append(line)
        show(line.rstrip("\n"))

    with source or contextlib.nullcontext(()) as lines, _stopped_by(stop, process):
        return _ended(process, lines, keep, apart=apart), "".join(kept)


@contextlib.contextmanager
def _stopped_by(stop: threading.Event | None, process: subprocess.Popen[Any]) -> Iterator[None]:
    """Interrupt a process once something happens that only another thread knows of."""
    if stop is None:
        yield
        return
    over = threading.Event()

    def watch() -> None:
        while not over.wait(_LOOK_S):
            if stop.is_set():
                process.send_signal(signal.SIGINT)
                return

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _ended(process: subprocess.Popen[Any], lines: Iterable[str], keep: OnLine, *, apart: bool) -> int:
    """Exit code of an engine; an interruption lets it end in its own way, because a killed one forgets what it did."""
    runs.note(process.pid)
    try:
        for line in lines:
            keep(line)
        return process.wait()
    except BaseException as stop:
        if apart or isinstance(stop, Terminated):  # a terminal's Ctrl-C has reached it already
            process.send_signal(signal.SIGINT)
        for line in lines:  # an output that nobody reads would block it
            with contextlib.suppress(OSError):
                keep(line)
        process.wait()
        raise
    finally:
        if process.returncode == 0:  # one that was killed, or lost its backend, may have left its lock
            runs.forget(process.pid)
