"""How a preview is shown: one file per format, each a pure function to text."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from infra.preview.report import Report

FORMATS: Final = ("table", "markdown", "json", "sarif")
"""The formats, each the name of a file here."""


def render(report: Report, form: str) -> str:
    """Show a report.

    Args:
        report: What the preview tells.
        form: One of `FORMATS`.

    Returns:
        Text without a newline at its end.
    """
    text: str = import_module(f"{__name__}.{form}").render(report)
    return text
