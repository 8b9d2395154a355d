"""What a comparison came to, and how it is shown: to machines here, to people by the files `table` and `markdown`."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from infra.drift.fields import MISSING
from infra.drift.words import remedy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infra.drift.declared import Ref
    from infra.drift.difference import Difference


FORMATS: Final = ("table", "json", "markdown")


@dataclass(frozen=True)
class Report:
    """What a comparison came to.

    Attributes:
        stack: The stack's name.
        compared: How many objects were compared.
        differences: How what runs is not what is declared.
        held: Fields as declared that others hold: an update that changes them is refused.
        kept: Configuration of other releases, kept on purpose.
        others: How many resources of each type are not in the cluster, and so were not compared.
        unread: What could not be compared, and why.
        untried: Of how many objects we may look at, but not try an apply.
        taken_back: What was different before it was taken back.
    """

    stack: str
    compared: int
    differences: tuple[Difference, ...] = ()
    held: tuple[Difference, ...] = ()
    kept: tuple[Ref, ...] = ()
    others: Mapping[str, int] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    untried: int = 0
    taken_back: tuple[Difference, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The report as one JSON object."""
        return {
            "stack": self.stack,
            "drift": bool(self.differences),
            "compared": self.compared,
            "differences": [_as_json(each) for each in self.differences],
            "held": [_as_json(each) for each in self.held],
            "taken_back": [_as_json(each) for each in self.taken_back],
            "untried": self.untried,
            "kept": [str(ref) for ref in self.kept],
            "not_compared": {"types": dict(self.others), "unread": list(self.unread)},
        }


def render(report: Report, form: str) -> str:
    """Show a comparison.

    Args:
        report: What was found.
        form: One of `FORMATS`.

    Returns:
        Text without a newline at its end.
    """
    if form == "json":
        return json.dumps(report.as_json(), indent=2)
    text: str = import_module(f"infra.drift.{form}").render(report)
    return text


def _as_json(difference: Difference) -> dict[str, Any]:
    values = {"declared": difference.declared, "live": difference.live}
    return {
        "object": str(difference.ref),
        "urn": difference.urn,
        "what": difference.what.value,
        "field": difference.field,
        **{name: value for name, value in values.items() if value is not MISSING},
        "by": [asdict(owner) for owner in difference.owners],
        "since": difference.since,
        "up": difference.effect.value,
        "remedy": remedy(difference),
    }
