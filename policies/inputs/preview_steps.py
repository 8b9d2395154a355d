"""The two forms of a preview as one: the digest of `--json`, and the engine's event log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from policies.inputs.loaded import Extent

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from policies.inputs.pulumi_file import PulumiFile

_DIGEST: Final = ("steps", "changeSummary", "duration")
_EVENT: Final = '"sequence"'
_SAME: Final = "same"


class Steps(NamedTuple):
    """The engine's steps, with the names of the digest.

    Attributes:
        steps: Each with op, urn, oldState, newState, detailedDiff and replaceReasons.
        extent: Whether the preview came to its end and left nothing out.
        failed: Whether it ended with an error.
    """

    steps: list[dict[str, Any]]
    extent: Extent
    failed: bool


def steps_of(source: PulumiFile) -> Steps:
    """Find the steps.

    Raises:
        UnreadableError: It is no preview, or an event log without its end.
    """
    first, _, more = source.text.lstrip().partition("\n")
    if _EVENT in first and (not more.strip() or first.rstrip().endswith("}")):
        return _of_events(source)
    document = source.parse(source.text)
    if not isinstance(document, dict) or not any(key in document for key in _DIGEST):
        raise source.unreadable('it has no "steps"')
    steps = source.objects(document.get("steps"), "steps")
    unchanged = state(document, "changeSummary").get(_SAME, 0)
    shown = sum(step.get("op") == _SAME for step in steps)
    whole = isinstance(unchanged, int) and shown >= unchanged
    return _steps(steps, source.objects(document.get("diagnostics"), "diagnostics"), whole=whole)


def state(of: dict[str, Any], key: str) -> dict[str, Any]:
    """A field that is an object; anything else reads as {}."""
    found = of.get(key)
    return found if isinstance(found, dict) else {}


def _of_events(source: PulumiFile) -> Steps:
    events = source.objects([source.parse(line) for line in source.text.splitlines() if line.strip()], "events")
    if not any("summaryEvent" in event for event in events):
        raise source.unreadable("it ends before the engine's summary")
    planned = [state(state(event, "resourcePreEvent"), "metadata") for event in events if "resourcePreEvent" in event]
    ends = [state(state(event, "resOutputsEvent"), "metadata") for event in events if "resOutputsEvent" in event]
    gone = [end.get("urn") for end in ends if end.get("op") == "delete"]
    return _steps([_step(each, gone) for each in planned], [state(event, "diagnosticEvent") for event in events])


def _step(metadata: dict[str, Any], gone: Collection[object]) -> dict[str, Any]:
    """A step with the digest's names; a refresh that finds nothing tells so at its end alone."""
    lost = metadata.get("op") == "refresh" and metadata.get("urn") in gone
    return {
        **metadata,
        "oldState": metadata.get("old"),
        "newState": None if lost else metadata.get("new"),
        "replaceReasons": metadata.get("keys"),
    }


def _steps(steps: list[dict[str, Any]], diagnostics: Iterable[dict[str, Any]], *, whole: bool = True) -> Steps:
    failed = any(each.get("severity") == "error" for each in diagnostics)
    return Steps(steps, Extent.WHOLE if whole and not failed else Extent.PART, failed)
