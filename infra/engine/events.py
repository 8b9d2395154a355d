"""What a run of the engine meant: pure, from its event log and exit code."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from infra.errors import DriftFound, LockHeld, PolicyViolation, RezError, SettingsError, UnavailableError

Event = dict[str, Any]
_COLOR = re.compile(r"<\{%[^%]*%\}>")
_LOCKED = re.compile(r"the stack is currently locked by .*?$\s*(?P<path>\S+): created by (?P<holder>\S+ \(pid \d+\)) at (?P<since>\S+)", re.M | re.S)
_PROGRAM_TALK = ("Program exited with non-zero exit code", "update failed", "preview failed")
_NO_CHANGES_EXPECTED = "no changes were expected"


def parse(log: str) -> list[Event]:
    """Events of an event log, one JSON object a line; a last line cut by a killed engine is left out."""
    events = []
    for line in log.splitlines():
        try:
            events.append(json.loads(line))
        except json.JSONDecodeError:
            continue
    return events


def _text(message: str) -> str:
    return _COLOR.sub("", message).strip()


def violations(events: Iterable[Event]) -> list[str]:
    """Messages of the mandatory policies that failed, each once."""
    found = [e["policyEvent"] for e in events if "policyEvent" in e]
    lines = [f"{p['policyName']}: {_text(p['message'])}" for p in found if p.get("enforcementLevel") == "mandatory"]
    return list(dict.fromkeys(lines))


def errors(events: Iterable[Event]) -> list[str]:
    """Error diagnostics in the order in which they came, each once, the engine's own summaries left out."""
    found = [e["diagnosticEvent"] for e in events if "diagnosticEvent" in e]
    lines = [_text(d["message"]) for d in found if d.get("severity") == "error"]
    kept = [line for line in lines if line and not any(line.startswith(talk) for talk in _PROGRAM_TALK)]
    return list(dict.fromkeys(kept))


def changes(events: Iterable[Event]) -> dict[str, int]:
    """How many resources each operation touched (`create`, `update`, `same`, …); empty if the run did not end."""
    for event in events:
        if "summaryEvent" in event:
            return dict(event["summaryEvent"].get("resourceChanges") or {})
    return {}


def judge(events: list[Event], output: str, code: int) -> RezError | None:
    """The failure that a run's log stands for, None if it was a success.

    Args:
        events: From `parse`.
        output: What the engine wrote outside its events (lock conflicts come before any event).
        code: The engine's exit code.
    """
    if code == 0:
        return None
    if lines := violations(events):
        return PolicyViolation("\n".join(lines))
    if held := _LOCKED.search(output):
        return LockHeld(
            f"the stack is being changed by {held['holder']} since {held['since']}: wait for it to end",
            holder=held["holder"],
            since=held["since"],
        )
    lines = errors(events) or [line for line in output.splitlines() if line.startswith("error:")]
    text = "\n".join(lines)
    if "cluster unavailable" in text:
        first = next(line for line in lines if "cluster unavailable" in line)
        return UnavailableError(f"{first}\nnothing is lost: run the same command again once the cluster answers")
    if _NO_CHANGES_EXPECTED in text or _NO_CHANGES_EXPECTED in output:
        return DriftFound("the plan holds changes, but none were expected")
    if any(line.startswith("settings: ") for line in lines):
        return SettingsError(lines)
    return RezError(text or f"the engine ended with exit code {code}")
