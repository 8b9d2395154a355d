"""A client of the cache inside the cluster: it runs in a pod of the API, whose connection it has."""

from __future__ import annotations

import json
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SCRIPT: Final = Path(__file__).with_suffix(".mjs")
_TIMEOUT_S: Final = 240


def ask(kubectl: Sequence[str], command: str, *args: str) -> Any:
    """What one command of the script says, read as JSON.

    Args:
        kubectl: The program with its options.
        command: `get`, `put` or `count`.
        args: Its arguments.
    """
    done = subprocess.run(
        _argv(kubectl, command, *args), capture_output=True, text=True, timeout=_TIMEOUT_S, check=True
    )
    return json.loads(done.stdout)


class Writes:
    """Writes that go on to every shard, one after the other.

    Attributes:
        found: For each shard, once they are over: ``acknowledged``, ``refused`` and ``lost`` (counts), ``silent_s``
            (the longest time between two acknowledged ones) and ``oldest_lost_s`` (how long before that time the oldest
            lost one was acknowledged).
    """

    found: list[dict[str, Any]]


@contextmanager
def writing(kubectl: Sequence[str]) -> Iterator[Writes]:
    """Write until the block ends, then read back everything that was acknowledged."""
    writes = Writes()
    argv = _argv(kubectl, "write")
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None  # noqa: S101 - a pipe was asked for
        process.stdout.readline()
        yield writes
        writes.found = json.loads(process.communicate(timeout=_TIMEOUT_S)[0])


def _argv(kubectl: Sequence[str], *args: str) -> list[str]:
    script = ["node", "--input-type=module", "--eval", _SCRIPT.read_text(encoding="utf-8"), "--", *args]
    return [*kubectl, "exec", "--stdin", "--namespace=production", "deployment/merchant-backend", "--", *script]
