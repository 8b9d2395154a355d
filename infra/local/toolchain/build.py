"""Builds a tool from its Go module into the cache."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from infra.errors import RezError
from infra.local.toolchain.find import cache_folder
from infra.local.toolchain.store import publish

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from infra.local.toolchain.compiler import Compiler
    from infra.local.toolchain.tools import Tool

LAST_LINES = 20
GRACE_S = 5.0


def build(tool: Tool, go: Compiler, say: Callable[[str], None]) -> None:
    """Build a tool into the cache, unless it is there; two callers at once build it once.

    Args:
        tool: One with a module of its own.
        go: The compiler.
        say: Takes one line of progress: before, with the time it usually takes, and after.

    Raises:
        RezError: The compiler failed; the message ends with its last lines.
    """
    with publish(cache_folder(tool), f"bin/{tool.name}", say) as folder:
        if folder is None:
            return
        label = f"{tool.name} {tool.version}".strip()
        say(f"building {label}: usually {duration(tool.usual_s)} on 2 cores")
        start = time.monotonic()
        binaries = folder / "bin"
        binaries.mkdir()
        _go(tool, go, ["build", *tool.flags, "-o", str(binaries / tool.name), tool.package])
        _link(tool, binaries)
        say(f"built {label} in {duration(time.monotonic() - start)}")


def duration(seconds: float) -> str:
    """Seconds as a person says them: ``28 s``, ``5 min``, ``4 min 40 s``."""
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return f"{rest} s"
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"


def _link(tool: Tool, binaries: Path) -> None:
    for command in tool.commands:
        if command != tool.name:
            (binaries / command).symlink_to(tool.name)


def _go(tool: Tool, go: Compiler, arguments: Sequence[str]) -> str:
    """Run Go in the tool's module and return what it printed."""
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            [go.path, *arguments],
            cwd=tool.module,
            env=go.environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            code = process.wait()
        except BaseException:
            _end(process)
            raise
        output.seek(0)
        printed = output.read().decode(errors="replace")
    if code:
        lines = "\n".join(f"  {line}" for line in printed.splitlines()[-LAST_LINES:])
        raise RezError(f"{tool.name} {tool.version} could not be built: go {arguments[0]} ended with {code}\n{lines}")
    return printed


def _end(process: subprocess.Popen[bytes]) -> None:
    """End Go and the compilers it started: it sweeps its own work folder on SIGINT."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGINT)
    with suppress(subprocess.TimeoutExpired):
        process.wait(GRACE_S)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
