"""One of our own commands, run as a job's step: shown as ever, and told on the run's page."""

from __future__ import annotations

import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from infra.errors import Terminated
from infra.github import delivery, outcome
from infra.github.log import calm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infra.github.job import Job

REZ: Final = Path(sys.executable).with_name("rez")
KEPT: Final = 2_000_000
"""Characters of output that are kept; the rest is only shown."""
_ERROR: Final = "error: "


def run(arguments: Sequence[str], job: Job, *, artifact: Path | None = None, accept: Sequence[int] = ()) -> int:
    """Run `rez` and tell its end on the run's page.

    Args:
        arguments: As after `rez`.
        job: Whose page it is; it gets the output `code`, too.
        artifact: A folder that gets what a job with other permissions needs: the command's output, or why there is
            none, and the number of the pull request if there is one. It is made before the command runs.
        accept: Exit codes that a later job acts on.

    Returns:
        The command's exit code, 0 for those that are accepted.
    """
    if artifact:
        artifact.mkdir(parents=True, exist_ok=True)
        if number := job.event().get("number"):
            (artifact / delivery.NUMBER).write_text(f"{number}\n", encoding="utf-8")
    code, output, errors = _run(arguments)
    lines = [line.removeprefix(_ERROR) for line in errors.splitlines() if line.startswith(_ERROR)]
    accepted = code in accept
    command = shlex.join(["rez", *arguments])
    told = outcome.FOUND if accepted else code
    shown = outcome.summary(command, told, output, "\n".join(lines), markdown="markdown" in arguments)
    if artifact:
        (artifact / delivery.REPORT).write_text(output or shown, encoding="utf-8")
    job.summarize(shown)
    job.put("code", str(code))
    return 0 if accepted else code


def _run(arguments: Sequence[str]) -> tuple[int, str, str]:
    with (
        subprocess.Popen(
            [REZ, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace"
        ) as process,
        ThreadPoolExecutor(max_workers=2) as readers,
    ):
        try:
            output = readers.submit(_shown, process.stdout, sys.stdout)
            errors = readers.submit(_shown, process.stderr, sys.stderr)
            return process.wait(), output.result(), errors.result()
        except Terminated:  # the command undoes or finishes what it has begun; Ctrl-C it has seen itself
            process.terminate()
            raise


def _shown(source: IO[str] | None, target: IO[str]) -> str:
    """Pass lines on as they come, without commands to the runner, and keep them as they are."""
    kept: list[str] = []
    room = KEPT
    for line in source or ():
        target.write(calm(line))
        target.flush()
        kept.append(line[:room])
        room -= len(kept[-1])
    return "".join(kept)
