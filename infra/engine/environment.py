"""The environment that the engine runs in: pure, from the caller's own."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from infra.local import paths
from infra.settings.model import LOCAL

if TYPE_CHECKING:
    from collections.abc import Mapping

POLICY_PACK = "PULUMI_OPTION_POLICY_PACK"
"""Names the pack that judges every preview and update."""
_ATLAS = "MONGODB_ATLAS_"
_LOCAL_PASSPHRASE = "local"  # noqa: S105 - well known: stack local holds dummy values only


def home(stack: str, caller: Mapping[str, str], *, built: bool) -> Path | None:
    """The PULUMI_HOME of our own if the stack needs our plugins, None if the caller's own home is used.

    Args:
        stack: Stack name.
        caller: The caller's environment.
        built: Whether the engine is one that we built, so that official plugins cannot be had either.
    """
    needed = stack == LOCAL or (built and "PULUMI_HOME" not in caller)
    return paths.pulumi_home() if needed else None


def build(stack: str, root: Path, caller: Mapping[str, str], pulumi: Path, *, built: bool) -> dict[str, str]:
    """Environment of an engine's process.

    Stack `local` takes nothing of the caller's that names another backend, key, home or cluster: these may be
    production's.

    Args:
        stack: Stack name.
        root: The folder of Pulumi.yaml.
        caller: The caller's environment.
        pulumi: The engine.
        built: Whether it is one that we built.
    """
    env = dict(caller) | {
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DEBUG_COMMANDS": "true",  # makes the engine know --event-log
        "PULUMI_STACK": stack,
        POLICY_PACK: caller.get(POLICY_PACK) or str(root / "policies"),
        "REZ_PYTHON": sys.executable,
    }
    own = home(stack, caller, built=built)
    if own:
        env["PULUMI_HOME"] = str(own)
    if stack == LOCAL:
        env["PULUMI_BACKEND_URL"] = f"file://{paths.pulumi_state()}"
        env["PULUMI_CONFIG_PASSPHRASE"] = _LOCAL_PASSPHRASE
        env["KUBECONFIG"] = str(paths.kubeconfig())
        for others in ("PULUMI_CONFIG_PASSPHRASE_FILE", "PULUMI_CLOUD_SECRET_OVERRIDE"):
            env.pop(others, None)
        env = {name: value for name, value in env.items() if not name.startswith(_ATLAS)}
    env["PATH"] = os.pathsep.join(
        [str(pulumi.parent), str(Path(sys.executable).parent), caller.get("PATH", os.defpath)]
    )
    return env
