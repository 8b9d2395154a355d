"""The policy packs that a preview is measured with: none, an empty one of the stock SDK, our adapter alone, ours."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final

import policies

NONE: Final = "no pack"
EMPTY: Final = "an empty pack of pulumi-policy"
ADAPTER: Final = "our adapter, no rules"
OURS: Final = "our pack"

_SOURCES: Final = {
    # The stock SDK refuses a pack without policies: one that is disabled decodes and judges nothing.
    EMPTY: """\
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy

PolicyPack(
    "empty", [ResourceValidationPolicy("none", "nothing", lambda args, report: None, EnforcementLevel.DISABLED)]
)
""",
    # No file of rules is found in an empty path; the adapter itself needs the one that tells of exemptions.
    ADAPTER: """\
import policies.rules.exemption

policies.rules.__path__ = []

from policies.pack import serve

serve()
""",
}


def write(folder: Path) -> dict[str, Path | None]:
    """Write the packs that are not in the repository.

    Args:
        folder: Where; it is made.

    Returns:
        The folder of each pack by what it is called, None for no pack.
    """
    packs: dict[str, Path | None] = {NONE: None}
    for name, source in _SOURCES.items():
        packs[name] = root = folder / str(len(packs))
        root.mkdir(parents=True)
        runtime = {"name": "python", "options": {"virtualenv": sys.prefix}}
        (root / "PulumiPolicy.yaml").write_text(json.dumps({"runtime": runtime, "version": "0.1.0"}))
        (root / "__main__.py").write_text(source)
    return packs | {OURS: Path(policies.__file__).parent}
