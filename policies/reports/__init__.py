"""How an assessment is shown: one file per format, each a pure function to text."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from policies.judging.assess import Assessment

FORMATS: Final = ("table", "json", "sarif", "junit", "markdown", "github")
"""The formats, each the name of a file here."""


def render(assessment: Assessment, form: str) -> str:
    """Show an assessment.

    Args:
        assessment: What was found.
        form: One of `FORMATS`.

    Returns:
        Text without a newline at its end.
    """
    text: str = import_module(f"{__name__}.{form}").render(assessment)
    return text
