"""Objects as they were recorded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from infra.drift.compare import Seen
from infra.drift.declared import Declared

FIXTURES = Path(__file__).parent / "fixtures"


def recorded(behaviour: str) -> tuple[Declared, Seen]:
    """What is declared of an object, and what was read of it."""
    content: dict[str, Any] = json.loads((FIXTURES / f"{behaviour}.json").read_text())
    return Declared("urn:of:it", content.pop("declared")), Seen(**content)
