"""Tells a credential from an ordinary value, by its name and by its looks."""

from __future__ import annotations

import re
from typing import Final

NAME: Final = re.compile(
    r"(^|[_.\-])(password|passwd|passphrase|pwd|secret|token|api[_\-]?key|apikey|private[_\-]?key|access[_\-]?key"
    r"|secret[_\-]?key|signing[_\-]?key|encryption[_\-]?key|license[_\-]?key|credentials?|auth[_\-]?key)s?$",
    re.IGNORECASE,
)
HARMLESS: Final = re.compile(
    r"true|false|yes|no|on|off|none|null|\d{1,6}(ms|s|m|h|d)?|/[\w./\-]*|\$\([A-Za-z_]\w*\)", re.IGNORECASE
)
URI_PASSWORD: Final = re.compile(
    r"[a-z][a-z0-9+.\-]*://[^\s/@:]*:([^\s/@$][^\s/@]*|\$([^\s/@(][^\s/@]*)?)@", re.IGNORECASE
)
"""A password that is not a reference to another variable; without lookahead, which the API server's CEL cannot do."""

FORMATS: Final = {
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "an AWS access key": re.compile(r"\b(AKIA|ASIA)[0-9A-Z]{16}\b"),
    "a SendGrid key": re.compile(r"\bSG\.[\w\-]{16,}\.[\w\-]{16,}"),
    "a Twilio key": re.compile(r"\bSK[0-9a-f]{32}\b"),
    "a Razorpay key": re.compile(r"\brzp_(live|test)_\w{8,}"),
    "a Cloudinary URL": re.compile(r"\bcloudinary://\d+:[\w\-]+@"),
    "a New Relic key": re.compile(r"\bNRAK-[A-Z0-9]{20,}\b|\b[0-9a-f]{36}NRAL\b"),
    "a GitHub token": re.compile(r"\bgh[pousr]_\w{30,}"),
    "a Slack token": re.compile(r"\bxox[abprs]-[\w\-]{10,}"),
    "a JSON web token": re.compile(r"\beyJ[\w\-]{10,}\.eyJ[\w\-]{10,}\.[\w\-]+"),
}


def credential(name: str, value: str) -> str:
    """Say which credential a named value is.

    Args:
        name: The variable's or key's name.
        value: Its value; it is looked at, never part of the answer.

    Returns:
        What it is, as in "a URI with a password"; "" for an ordinary value.
    """
    text = value.strip()
    if not text or HARMLESS.fullmatch(text):
        return ""
    for what, form in FORMATS.items():
        if form.search(text):
            return what
    if URI_PASSWORD.search(text):
        return "a URI with a password"
    return "a credential by its name" if NAME.search(name) else ""
