"""Lines for a job's log, in which no text from elsewhere commands the runner. Pure."""

from __future__ import annotations

import re
from typing import Final

_FOLDS: Final = re.compile(r"::(end)?group::")
"""What our own commands may say to the runner: it only folds the log."""


def calm(line: str) -> str:
    """A line as it may stand in the log.

    The runner takes for a command what begins with `::`, whatever space is before it, and the older `##[` anywhere.
    A pod's last words, an object's name or a stranger's program could then hide text or forge errors on files.
    """
    found = line.replace("##[", "# #[")
    start = found.lstrip()
    return found if not start.startswith("::") or _FOLDS.match(start) else f"> {found}"
