"""What a run of the engine meant: pure, from its event log and exit code."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from infra.engine.locks import held_by
from infra.errors import (
    REFUSED,
    DriftFound,
    PolicyViolation,
    PreconditionError,
    RezError,
    SettingsError,
    UnavailableError,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from infra.errors import LockHeld

Event = dict[str, Any]

_COLOR = re.compile(r"<\{%[^%]*%\}>")
_LOCKED = "the stack is currently locked by"
_LOCK = re.compile(r"^\s+\S+: created by (?P<holder>.+ \(pid \d+\)) at (?P<since>\S+)$", re.MULTILINE)
_PROGRAM_TALK = ("Program exited with non-zero exit code", "update failed", "preview failed")
_BLIND = re.compile("no cluster reachable|Kubernetes cluster is unreachable")
"""Signs, our plugin's and the official one's, of a preview that goes by the state alone."""
_UNAVAILABLE = "cluster unavailable"
_AWAY = re.compile(rf"{_UNAVAILABLE}|AWS unavailable|operation error \w+: .*(request send failed|StatusCode: 5\d\d)")
"""Signs, ours and those of the engine's AWS client, that somebody does not answer."""
_NUMBERED = re.compile(r"^\s*\d+\) ")
_CONFLICT = "field manager "
_CONFLICT_REMEDY = "see who changed what with `rez drift`; take it back with `rez drift --fix`, or declare it"
_USAGE = {
    "unknown flag: --ignore-protect": "install Pulumi 3.256 or later, or run `make local` to build it",
    "PULUMI_ACCESS_TOKEN must be set": "say where the state is: set PULUMI_BACKEND_URL, or run `pulumi login`",
    "no stack named": "make it once with `rez pulumi stack init NAME`, in the backend that PULUMI_BACKEND_URL names",
    "incorrect passphrase": "set PULUMI_CONFIG_PASSPHRASE to the one the stack's secrets were written with",
    "NoSuchBucket": "make the state's bucket with `rez bootstrap aws`, or correct PULUMI_BACKEND_URL",
    "get credentials:": "AWS knows nobody here: set AWS_PROFILE, or renew it with `aws sso login`",
    "AccessDenied": "AWS denies it: use credentials that may, as the roles of `rez bootstrap aws` do",
    "confirmation declined": "nothing was changed",
    "message authentication failed": "a `secure:` value of the stack file was damaged: set it again",
    "unmarshal errors": "the stack file is not readable YAML: repair it",
}
"""What a person has to put right before the engine can work, by the engine's words."""
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


def ended(log: str) -> bool:
    """Whether an event log comes to its end, be it a good one or not."""
    return any("summaryEvent" in event for event in parse(log))


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
    lines = [_bare(d["message"]) for d in found if d.get("severity") == "error"]
    kept = [line for line in lines if line and not any(line.startswith(talk) for talk in _PROGRAM_TALK)]
    return list(dict.fromkeys(kept))


def warnings(events: Iterable[Event]) -> list[str]:
    """Warning diagnostics in the order in which they came."""
    found = [e["diagnosticEvent"] for e in events if "diagnosticEvent" in e]
    return [_text(d["message"]) for d in found if d.get("severity") == "warning"]


def judge(events: list[Event], output: str, code: int, *, writes: bool) -> RezError | None:
    """The failure that a run's log stands for, None if it was a success.

    Args:
        events: From `parse`.
        output: What the engine wrote outside its events (lock conflicts come before any event).
        code: The engine's exit code.
        writes: Whether the run was to change the cluster, so that a cluster out of reach is a failure even if nothing
            had to be changed by what the state says.
    """
    if code == 0:
        blind = [line for line in warnings(events) if _BLIND.search(line)]
        return _unavailable(f"{_UNAVAILABLE}: {blind[0]}") if writes and blind else None
    if lines := violations(events):
        return PolicyViolation("\n".join(lines))
    if held := _held(output):
        return held
    return _explained(errors(events) or _said(output), code)


def _held(output: str) -> LockHeld | None:
    holders = [(lock["holder"], lock["since"]) for lock in _LOCK.finditer(output)]
    return held_by(holders) if _LOCKED in output and holders else None


def _unavailable(line: str) -> UnavailableError:
    return UnavailableError(f"{line}\nnothing is lost: run the same command again once it answers")


def _explained(lines: list[str], code: int) -> RezError:
    """The kind of failure that the engine's own error lines tell of."""
    for line in lines:
        if _AWAY.search(line):
            return _unavailable(line.removeprefix(REFUSED))
    if any(_NO_CHANGES_EXPECTED in line for line in lines):
        return DriftFound("the plan holds changes, but none were expected")
    if any(_CONFLICT in line for line in lines):
        return DriftFound("\n".join(lines) + f"\n{_CONFLICT_REMEDY}")
    if remedies := [remedy for sign, remedy in _USAGE.items() if any(sign in line for line in lines)]:
        return PreconditionError("\n".join(lines + remedies))
    if refused := [line.removeprefix(REFUSED) for line in lines if line.startswith(REFUSED)]:
        return SettingsError(refused)
    return RezError("\n".join(lines) or f"the engine ended with exit code {code}")


def _said(output: str) -> list[str]:
    """Error lines, and the numbered ones below a line that only counts them."""
    lines = [line for line in output.splitlines() if line.startswith("error:") or _NUMBERED.match(line)]
    return [_NUMBERED.sub("", _bare(line)) for line in lines if not line.endswith(" errors occurred:")]


def explain(output: str, code: int) -> RezError:
    """The failure that a quick command of the engine told of on its output."""
    said = [_bare(line) for line in output.splitlines() if line.strip()]
    return _held(output) or _explained(said, code)


def _bare(line: str) -> str:
    """A line without the engine's own `error: `, which we say ourselves."""
    text = _text(line)
    while text.startswith("error: "):
        text = text.removeprefix("error: ")
    return text
