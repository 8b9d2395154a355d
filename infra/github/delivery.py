"""What a job leaves for the one that may write: for that one, data of a stranger."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from infra.errors import PreconditionError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NUMBER: Final = "number"
REPORT: Final = "report.md"
SARIF: Final = "preview.sarif"
LARGEST: Final = {NUMBER: 12, REPORT: 1024 * 1024, SARIF: 5 * 1024 * 1024}
"""Bytes of each file; the comment is cut shorter than the report."""
_RESULTS: Final = 1000
_OURS: Final = "rez "


@dataclass(frozen=True)
class Delivery:
    """The files, read.

    Attributes:
        number: The pull request that they say they are about.
        report: Markdown.
        findings: Whether there is a SARIF log; a preview that was refused has none.
    """

    number: int
    report: str
    findings: bool


def read(folder: Path) -> Delivery:
    """Read and check the files.

    Args:
        folder: Where the artifact was unpacked.

    Raises:
        PreconditionError: A file is missing, no ordinary file, too large, or not what it should be.
    """
    number = _text(folder, NUMBER).strip()
    if not (number.isascii() and number.isdecimal() and int(number) > 0):
        raise PreconditionError(f"{NUMBER}: is no number of a pull request")
    report = _text(folder, REPORT)
    findings = os.path.lexists(folder / SARIF)
    if findings:
        check_sarif(_text(folder, SARIF))
    return Delivery(int(number), report, findings=findings)


def check_sarif(text: str) -> None:
    """Refuse findings that are not of our own tool: others' are closed by what is uploaded in their name.

    Raises:
        PreconditionError: It is no SARIF log of one run of ours.
    """
    try:
        log = json.loads(text)
        (run,) = log["runs"]
        tool, results = run["tool"]["driver"]["name"], run["results"]
        good = log["version"] == "2.1.0" and tool.startswith(_OURS) and len(results) <= _RESULTS
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise PreconditionError(f"{SARIF}: is no SARIF log with one run") from None
    if not good or "automationDetails" in run:
        raise PreconditionError(f"{SARIF}: must be of rez, with at most {_RESULTS} results and no category of its own")


@dataclass(frozen=True)
class Run:
    """The run of the preview, as GitHub itself tells of it.

    Attributes:
        sha: The head of the pull request that it ran on.
        repository: Where that head is: ours, or a fork.
        url: Its page.
    """

    sha: str
    repository: str
    url: str

    @classmethod
    def of(cls, event: Mapping[str, Any]) -> Run:
        """The run that a `workflow_run` event tells of.

        Raises:
            PreconditionError: It is another event.
        """
        try:
            told = event["workflow_run"]
            return cls(told["head_sha"], (told["head_repository"] or {}).get("full_name", ""), told["html_url"])
        except (KeyError, TypeError):
            raise PreconditionError("the event is no workflow_run: this command is for a job that one starts") from None

    def mismatch(self, pull: Mapping[str, Any]) -> str:
        """Why the run is not about a pull request as it is now, "" if it is.

        The number comes from a stranger: it must be of an open pull request with the very head that GitHub says was
        run, in the same repository.

        Args:
            pull: The pull request as GitHub tells of it.
        """
        head = pull["head"]
        if head["sha"] != self.sha:
            return f"its head is {head['sha'][:8]}, and the preview is of {self.sha[:8]}"
        if ((head["repo"] or {}).get("full_name", "")) != self.repository:
            return f"its head is not in {self.repository}"
        return "" if pull["state"] == "open" else f"it is {pull['state']}"


def _text(folder: Path, name: str) -> str:
    """A file that was never looked at before: it may be a link, a pipe, endless, or no text."""
    try:
        handle = os.open(folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise PreconditionError(f"{name}: {error.strerror}") from None
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise PreconditionError(f"{name}: is no ordinary file")
        content = file.read(LARGEST[name] + 1)
    if len(content) > LARGEST[name]:
        raise PreconditionError(f"{name}: is larger than {LARGEST[name]} bytes")
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise PreconditionError(f"{name}: is no UTF-8 text") from None
