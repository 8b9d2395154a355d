from __future__ import annotations

from pathlib import Path

import policies
from policies.docs import readme


def test_readme_is_what_the_rules_say() -> None:
    committed = Path(policies.__file__).with_name("README.md").read_text(encoding="utf-8")
    assert committed == readme(), "run: python -m policies.docs > policies/README.md"
