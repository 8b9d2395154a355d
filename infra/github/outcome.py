"""What the end of a command means for those who read the run's page. Pure."""

from __future__ import annotations

from typing import Final, NamedTuple

from infra.github.markdown import fenced


class Meaning(NamedTuple):
    """What an exit code means.

    Attributes:
        sign: Seen from afar.
        says: What happened.
        remedy: What to do now, "" for nothing.
    """

    sign: str
    says: str
    remedy: str


_SAFE: Final = "nothing was touched"
FOUND: Final = -1
"""In place of an exit code that a later job acts on: the output says it all."""
_MEANINGS: Final = {
    FOUND: Meaning("🔎", "done, with findings", ""),
    0: Meaning("✅", "done", ""),
    1: Meaning("🛑", "failed by a defect of ours", "`rez status` tells what runs; the log has the trace"),
    2: Meaning("⛔", f"refused, {_SAFE}", "Put right what is named below and start it again"),
    4: Meaning("⛔", f"forbidden by the policies, {_SAFE}", "`rez policies explain ID` tells why, and what to do"),
    7: Meaning(
        "⚠️", "what runs is not what is declared", "`rez drift --fix` takes it back, or the settings learn of it"
    ),
    10: Meaning("↩️", "judged bad and rolled back: the last good release serves", "The evidence is below"),
    11: Meaning(
        "🚨",
        "the way back failed: **page a human**",
        "Whom: `contacts.on_call` of the stack file. `rez status` tells what runs, `rez rollback VERSION` changes it",
    ),
    12: Meaning(
        "❔",
        "inconclusive: neither healthy nor bad, left as it is",
        "`rez status` tells what runs",
    ),
    13: Meaning("↩️", "no verdict in time, rolled back: the last good release serves", "The evidence is below"),
    14: Meaning("⏳", f"somebody else changes the stack, {_SAFE}", "Start it again when they are done"),
    75: Meaning("🔌", "the cluster or an API does not answer", "Safe to repeat: start it again"),
    130: Meaning("✋", "interrupted", "`rez status` tells what runs; the next run finishes or undoes what was begun"),
}


def summary(command: str, code: int, output: str, errors: str, *, markdown: bool) -> str:
    """The part of the run's page about one command.

    Args:
        command: As it was typed.
        code: The exit code it ended with, or `FOUND`.
        output: What it printed.
        errors: Its error lines, "" without any.
        markdown: Whether the output is Markdown, and not lines for a terminal.
    """
    meaning = _MEANINGS.get(code) or Meaning("🛑", f"ended with exit code {code}", "The log has the reason")
    parts = [f"## {meaning.sign} `{command.replace('`', '')}`: {meaning.says}"]
    parts += [f"{meaning.remedy}."] if meaning.remedy else []
    parts += [fenced(errors)] if errors.strip() else []
    if output.strip():
        parts.append(output if markdown else fenced(output))
    return "\n\n".join(parts) + "\n"
