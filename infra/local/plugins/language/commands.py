"""Which process runs a program or a policy pack: interpreter, arguments, environment."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

EXECUTE = Path(__file__).with_name("execute.py")


def interpreter(root: str, options: Mapping[str, Any]) -> Path:
    """The interpreter that the project names by its `virtualenv` option; this one when it names none.

    Raises:
        FileNotFoundError: The virtualenv has no interpreter.
    """
    named = options.get("virtualenv") or (".venv" if options.get("toolchain") == "uv" else "")
    if not named:
        return Path(sys.executable)
    python = Path(root) / named / "bin" / "python"
    if not python.exists():
        message = f"virtualenv {named} of {root} has no bin/python: create it with `make setup`"
        raise FileNotFoundError(message)
    return python


def environment(python: Path, extra: Mapping[str, str]) -> dict[str, str]:
    """This process's environment with the interpreter's virtualenv active."""
    merged = {**os.environ, **extra}
    merged.pop("PYTHONHOME", None)
    merged["PATH"] = f"{python.parent}{os.pathsep}{merged.get('PATH', os.defpath)}"
    if (python.parents[1] / "pyvenv.cfg").exists():
        merged["VIRTUAL_ENV"] = str(python.parents[1])
    return merged


def program(request: Any, engine: str) -> list[str]:
    """The arguments that run a program; configuration goes by environment, so no secret is ever in them."""
    settings = {
        "monitor": request.monitor_address,
        "engine": engine,
        "project": request.project,
        "stack": request.stack,
        "organization": request.organization,
        "root_directory": request.info.root_directory,
        "parallel": request.parallel,
        "dry_run": request.dryRun,
    }
    return ["-u", str(EXECUTE), json.dumps(settings), request.info.entry_point or request.program, *request.args]


def program_environment(request: Any) -> dict[str, str]:
    """The stack's configuration, as the SDK reads it."""
    return {
        "PULUMI_CONFIG": json.dumps(dict(request.config)),
        "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
    }


def plugin(kind: str, directory: str, arguments: Iterable[str]) -> list[str]:
    """The arguments that run a policy pack or another plugin written in Python."""
    if kind == "analyzer":
        return ["-u", "-m", "pulumi.policy", *arguments, directory]
    return ["-u", directory, *arguments]


def pairs(variables: Iterable[str]) -> dict[str, str]:
    """`NAME=value` lines as a mapping."""
    return dict(variable.split("=", maxsplit=1) for variable in variables if "=" in variable)
