"""Pulumi plugins in Python, for machines where the official ones are neither installed nor installable."""

from __future__ import annotations

from infra.local.plugins.install import install

__all__ = ["install"]
