"""The workflows as data. Every scalar is text: YAML 1.1 would read the key `on` as true."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from infra.local.paths import ROOT

FOLDER = ROOT / ".github" / "workflows"
FILES = sorted(FOLDER.glob("*.yml"))


def load(file: Path | str) -> dict[str, Any]:
    """Read a workflow, by its path or by its name."""
    path = file if isinstance(file, Path) else FOLDER / f"{file}.yml"
    return dict(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader))


def jobs() -> list[tuple[str, str, dict[str, Any]]]:
    """Every job: workflow, name, itself."""
    return [(file.stem, name, job) for file in FILES for name, job in load(file)["jobs"].items()]


def steps() -> list[tuple[str, dict[str, Any]]]:
    """Every step: `workflow/job/number`, itself."""
    return [
        (f"{workflow}/{name}/{number}", step)
        for workflow, name, job in jobs()
        for number, step in enumerate(job["steps"])
    ]
