"""What `docker login` has kept, read without any credential helper."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.errors import PreconditionError

Login = tuple[str, str]
"""A user and a password, or a token in its place."""


def read() -> Mapping[str, Any]:
    """Docker's configuration; empty when there is none.

    Raises:
        PreconditionError: It cannot be read.
    """
    path = location()
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        # Not the error's text: it may quote the file, which holds passwords.
        message = f"{path}: cannot be read ({type(error).__name__}); repair it, or remove it and log in again"
        raise PreconditionError(message) from None
    return content if isinstance(content, Mapping) else {}


def location() -> Path:
    """Where Docker's configuration is."""
    return Path(os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker") / "config.json"


def login_for(config: Mapping[str, Any], host: str) -> Login | None:
    """The login that a Docker configuration has for a registry.

    Args:
        config: The configuration.
        host: The registry's host, with a port if it has one.

    Raises:
        PreconditionError: There is one, and it cannot be read.
    """
    logins = config.get("auths")
    for key, entry in logins.items() if isinstance(logins, Mapping) else ():
        if _host(key) == host and isinstance(entry, Mapping) and (found := _login(entry, host)) is not None:
            return found
    return None


def helper_for(config: Mapping[str, Any], host: str) -> str:
    """The credential helper that keeps the registry's login, "" if none does."""
    helpers = config.get("credHelpers")
    named = helpers.get(host) if isinstance(helpers, Mapping) else None
    return str(named or config.get("credsStore") or "")


def _host(key: str) -> str:
    return key.removeprefix("https://").removeprefix("http://").partition("/")[0]


def _login(entry: Mapping[str, Any], host: str) -> Login | None:
    user, password = entry.get("username"), entry.get("password")
    if isinstance(user, str) and isinstance(password, str) and user:
        return user, password
    if not (text := entry.get("auth")):
        return None
    try:
        name, colon, secret = base64.b64decode(text, validate=True).decode().partition(":")
    except (TypeError, ValueError):
        name = colon = secret = ""
    if not colon:
        message = f"{location()}: auths.{host}.auth is no base64 of USER:PASSWORD; log in again with `docker login`"
        raise PreconditionError(message)
    return name, secret
