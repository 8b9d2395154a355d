"""Where the local Atlas answers and with which key: a file that it writes when it starts, for this user alone."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Final

from infra import atlas_api
from infra.local import paths

if TYPE_CHECKING:
    from pathlib import Path

NO_DATABASE: Final = "REZ_NO_DATABASE"
"""Tells the program that there is no Atlas; its name is repeated there, because programs import nothing of here."""


def file() -> Path:
    """The file, absent while no local Atlas was started in this run folder."""
    return paths.run() / "atlas" / "access.json"


def create(port: int) -> None:
    """Make a key for the local Atlas that will answer at this port of 127.0.0.1."""
    file().parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write(file(), f"http://127.0.0.1:{port}", secrets.token_hex(4), secrets.token_hex(16))


def write(path: Path, address: str, public: str, private: str) -> None:
    """Tell this user's programs the address and the key."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.touch(mode=0o600)
    fresh.write_text(
        json.dumps(dict(zip((atlas_api.ADDRESS, *atlas_api.KEY), (address, public, private), strict=True)))
    )
    fresh.replace(path)


def environment() -> dict[str, str]:
    """The environment variables by which a provider finds the local Atlas; else the one that says there is none."""
    try:
        found: dict[str, str] = json.loads(file().read_text())
    except FileNotFoundError:
        return {NO_DATABASE: "true"}
    return found
