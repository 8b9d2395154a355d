"""For programs: one JSON object."""

from __future__ import annotations

import json
from dataclasses import asdict
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from infra.preview.report import Report


def render(report: Report) -> str:
    """Show a report as one object, with `passed` and `blocked` beside its own fields."""
    whole = {"passed": report.passed, "blocked": report.blocked} | asdict(report)
    return json.dumps(whole, indent=2, ensure_ascii=False, default=_value)


def _value(of: Any) -> Any:
    if isinstance(of, Enum):
        return of.value
    raise TypeError(f"{type(of).__name__} has no JSON form")
