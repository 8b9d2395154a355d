"""Every number of the runbook: typed, bounded, frozen, and with the place it comes from."""

from __future__ import annotations

from infra.settings.model import Settings
from infra.settings.stack_file import load, parse

__all__ = ["Settings", "load", "parse"]
