"""A job's kubeconfig, from a variable of the repository: whoever may read the repository may read that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import yaml

from infra.errors import PreconditionError
from policies.credentials.values import credential, credential_by_looks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VARIABLE: Final = "KUBECONFIG_TEXT"
_SECRET: Final = ("client-key-data", "client-key", "token", "tokenFile", "password", "auth-provider")
_TRUSTING: Final = "insecure-skip-tls-verify"


def problem(text: str) -> str:
    """Why a text is no kubeconfig that may stand in a variable, "" if it is one: pure."""
    try:
        document = yaml.safe_load(text)
        users = [entry.get("user") or {} for entry in document["users"]]
        known = bool(document["clusters"] and document["contexts"] and document["current-context"])
        held = sorted({name for user in users for name in _held(user)})
        trusting = [entry for entry in document["clusters"] or () if (entry.get("cluster") or {}).get(_TRUSTING)]
    except (yaml.YAMLError, TypeError, KeyError, AttributeError):
        known, users, held, trusting = False, [], [], []
    if not known or not users:
        return "is no kubeconfig with clusters, contexts, users and a current context"
    if held:
        return (
            f"holds {', '.join(held)}: a variable is no secret; name a command (`exec`) that gets a short-lived token"
        )
    if trusting:
        return f"sets {_TRUSTING}: anybody on the way could play the cluster; name its certificate-authority-data"
    return ""


def _held(user: dict[str, Any]) -> Iterator[str]:
    """What of a user's entry is a credential; never its value."""
    yield from (key for key in user if key in _SECRET)
    command = user.get("exec") or {}
    named = [(str(each["name"]), str(each.get("value", ""))) for each in command.get("env") or ()]
    yield from (f"exec.env {name}" for name, value in named if credential(name, value))
    yield from ("exec.args" for text in command.get("args") or () if _argument(str(text)))


def _argument(text: str) -> str:
    name, _, value = text.lstrip("-").partition("=")
    return credential(name, value) if value else credential_by_looks("", text)


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
