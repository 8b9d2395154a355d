"""Where a stack's state is, found as the engine finds it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping


def address(env: Mapping[str, str], root: Path) -> str:
    """The backend's URL: the environment's, else the project file's, else that of the last login; "" without any.

    Args:
        env: Environment of the engine's process.
        root: The folder of Pulumi.yaml.
    """
    return env.get("PULUMI_BACKEND_URL") or _of_project(root / "Pulumi.yaml") or _of_login(_credentials(env))


def _of_project(file: Path) -> str:
    try:
        project = yaml.safe_load(file.read_text(encoding="utf-8"))
        return str(project["backend"]["url"] or "")
    except (OSError, ValueError, TypeError, KeyError, yaml.YAMLError):  # the engine itself says what is wrong with it
        return ""


def _credentials(env: Mapping[str, str]) -> Path:
    home = env.get("PULUMI_CREDENTIALS_PATH") or env.get("PULUMI_HOME") or str(Path(env.get("HOME", "~"), ".pulumi"))
    return Path(home).expanduser() / "credentials.json"


def _of_login(file: Path) -> str:
    try:
        return str(json.loads(file.read_text(encoding="utf-8"))["current"] or "")
    except (OSError, ValueError, TypeError, KeyError):
        return ""
