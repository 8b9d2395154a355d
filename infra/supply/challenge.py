"""How a registry asks who is there: the `WWW-Authenticate` header."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_SCHEME: Final = re.compile(r"(?:^|,)\s*(Bearer|Basic)\s+", re.IGNORECASE)
_PARAMETER: Final = re.compile(r'(\w+)\s*=\s*(?:"([^"]*)"|([^\s",]+))')


@dataclass(frozen=True)
class Challenge:
    """What has to be brought.

    Attributes:
        scheme: `bearer`, a token from the realm; or `basic`, user and password.
        realm: The address of the tokens.
        parameters: What to ask the realm for.
    """

    scheme: str
    realm: str
    parameters: dict[str, str]


def parse(header: str) -> Challenge | None:
    """Read the header, the tokens' challenge first if it has several; None when it has none that is known."""
    pieces = _SCHEME.split(header)[1:]
    found = [_challenge(scheme, rest) for scheme, rest in zip(pieces[::2], pieces[1::2], strict=True)]
    return min(found, key=lambda challenge: challenge.scheme != "bearer", default=None)


def _challenge(scheme: str, text: str) -> Challenge:
    given = {name.lower(): quoted or plain for name, quoted, plain in _PARAMETER.findall(text)}
    asked = {name: given[name] for name in ("service", "scope") if given.get(name)}
    return Challenge(scheme.lower(), given.get("realm", ""), asked)
