"""A job's kubeconfig, from a variable of the repository: whoever may read the repository may read that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import yaml

from infra.errors import PreconditionError

if TYPE_CHECKING:
    from pathlib import Path

VARIABLE: Final = "KUBECONFIG_TEXT"
_SECRET: Final = ("client-key-data", "client-key", "token", "tokenFile", "password", "auth-provider")


def problem(text: str) -> str:
    """Why a text is no kubeconfig that may stand in a variable, "" if it is one: pure."""
    try:
        document = yaml.safe_load(text)
        users = [entry.get("user") or {} for entry in document["users"]]
        known = bool(document["clusters"] and document["contexts"] and document["current-context"])
        held = sorted({key for user in users for key in user if key in _SECRET})
    except (yaml.YAMLError, TypeError, KeyError, AttributeError):
        known, users, held = False, [], []
    if not known or not users:
        return "is no kubeconfig with clusters, contexts, users and a current context"
    if held:
        return (
            f"holds {', '.join(held)}: a variable is no secret; name a command (`exec`) that gets a short-lived token"
        )
    return ""


def write(env: dict[str, Any], file: Path) -> None:
    """Write the variable's text as a file for its owner alone.

    Args:
        env: The job's environment.
        file: Where to; nobody's kubeconfig is overwritten.

    Raises:
        PreconditionError: The text is none that may be there, or the file is there.
    """
    if why := problem(env.get(VARIABLE, "")):
        raise PreconditionError(f"{VARIABLE}: {why}")
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        file.touch(mode=0o600, exist_ok=False)
    except FileExistsError:
        raise PreconditionError(f"{file}: is there already; this command is for a job's own machine") from None
    file.write_text(env[VARIABLE], encoding="utf-8")
