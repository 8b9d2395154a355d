"""Pure functions from settings to Kubernetes objects, one file for each kind."""

from __future__ import annotations

from typing import Any

Manifest = dict[str, Any]
"""A Kubernetes object, or a part of one, as the API takes it: camelCase, plain data."""
