"""Pure functions from settings to Atlas resources' properties, one file for each kind."""

from __future__ import annotations

from typing import Any

Properties = dict[str, Any]
"""A resource's inputs as the provider takes them: camelCase, plain data; the project's id is added by the component."""
