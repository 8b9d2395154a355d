"""The report of a deploy or a rollback as a file: what, how long each phase took, evidence, next step."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from infra.errors import PreconditionError
from infra.github.markdown import fenced, tamed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infra.rollout.report import Report

_SIGNS = {"deployed": "✅", "unchanged": "✅", "rolled-back": "↩️", "timed-out": "↩️", "failed": "🚨"}
_FORMS = (".md", ".json")


def refuse(file: str | None) -> None:
    """Refuse a name that does not say the form, or a place where nothing can be written, before anything is done.

    Raises:
        PreconditionError: With the remedy.
    """
    if file is None:
        return
    if Path(file).suffix not in _FORMS:
        raise PreconditionError(f"--report: {file} must end in {' or '.join(_FORMS)}")
    if not Path(file).absolute().parent.is_dir():
        raise PreconditionError(f"--report: {file}: there is no such folder; make it first")


def write(file: str, report: Report, phases: Sequence[tuple[str, float]]) -> None:
    """Write the report in the form that the file's name asks for."""
    if Path(file).suffix == ".json":
        text = json.dumps(as_json(report, phases), indent=2)
    else:
        text = as_markdown(report, phases)
    Path(file).write_text(f"{text}\n", encoding="utf-8")


def as_json(report: Report, phases: Sequence[tuple[str, float]]) -> dict[str, object]:
    """One object for machines."""
    timed = [{"phase": phase, "seconds": round(seconds, 1)} for phase, seconds in phases]
    return {**report.as_json(), "phases": timed, "next": next_step(report)}


def as_markdown(report: Report, phases: Sequence[tuple[str, float]]) -> str:
    """A page for people; what pods and the engine said cannot reach out of it."""
    head = f"{report.action} {report.release.version} on {report.stack}: {report.outcome}"
    rows = [f"| {phase} | {seconds:.1f} s |" for phase, seconds in phases]
    found = [f"{report.reason}: {report.message}", *report.evidence]
    parts = [
        f"## {_SIGNS[report.outcome]} {tamed(head)}",
        f"**Serves:** {tamed(report.serving)} · **Image:** `{report.release.image}` · **Took:** {report.seconds:.0f} s",
        "\n".join(["| phase | took |", "|---|---|", *rows]) if rows else "",
        f"### Evidence\n\n{fenced(chr(10).join(found))}",
        f"### Last words\n\n{fenced(chr(10).join(report.logs))}" if report.logs else "",
        f"**Next:** {next_step(report)}",
    ]
    return "\n\n".join(filter(None, parts))


def next_step(report: Report) -> str:
    """What a person does now."""
    match report.outcome:
        case "unchanged":
            return "nothing: it ran already"
        case "deployed" if report.previous is not None and report.previous != report.release:
            return f"nothing; back to the one before: `rez rollback {report.previous.version} --stack {report.stack}`"
        case "deployed":
            return "nothing"
        case "rolled-back" | "timed-out":
            return "mend what the evidence names, then deploy it as a new version"
        case "failed":
            return f"page a human; `rez status --stack {report.stack}` tells what runs"
