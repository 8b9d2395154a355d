"""Every limit, judged right at its boundary and one smallest step beyond."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

CASES = [
    case
    for path in sorted((Path(__file__).parent / "limits").glob("*.yaml"))
    for case in yaml.safe_load(path.read_text(encoding="utf-8"))
]
VALUES = [(case, value, kind) for case in CASES for kind in ("good", "bad") for value in case[kind]]


@pytest.mark.parametrize(
    ("case", "value", "kind"), VALUES, ids=[f"{case['rule']}-{kind}-{value}" for case, value, kind in VALUES]
)
def test_value_is_judged(case: dict[str, Any], value: Any, kind: str, golden: Any) -> None:
    golden.change(case.get("change", {}))
    golden.change({case["object"]: {case["field"]: value}})
    assert (case["rule"] in golden.ids()) == (kind == "bad")
