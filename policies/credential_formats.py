"""What credentials of known providers look like, wherever they stand."""

from __future__ import annotations

import re
from typing import Final

_SHORTEST: Final = 12
"""No credential of a known format is shorter."""

FORMATS: Final = {
    "a private key": re.compile(r"-----BEGIN [A-Z ]{0,24}PRIVATE KEY|AGE-SECRET-KEY-1[0-9A-Z]{58}|PuTTY-User-Key-File"),
    "an AWS access key": re.compile(r"\b(AKIA|ASIA)[0-9A-Z]{16}\b"),
    "a SendGrid key": re.compile(r"\bSG\.[\w\-]{16,}\.[\w\-]{16,}"),
    "a Twilio key": re.compile(r"\bSK[0-9a-f]{32}\b"),
    "a Razorpay key": re.compile(r"\brzp_(live|test)_\w{8,}"),
    "a Cloudinary URL": re.compile(r"\bcloudinary://\d+:[\w\-]+@"),
    "a New Relic key": re.compile(r"\bNRAK-[0-9A-Z]{20,}\b|\bNRII-[\w\-]{20,}|\b[0-9a-z]{36}NRAL\b"),
    "a Sentry token": re.compile(r"\bsntry[us]_[\w+/=\-]{32,}"),
    "a MongoDB Atlas secret": re.compile(r"\bmdb_sa_sk_[\w\-]{20,}"),
    "a Pulumi token": re.compile(r"\bpul-[0-9a-f]{40}\b"),
    "a GitHub token": re.compile(r"\bgh[pousr]_\w{30,}|\bgithub_pat_\w{40,}"),
    "a GitLab token": re.compile(r"\bglpat-[\w\-]{20,}"),
    "a Docker Hub token": re.compile(r"\bdckr_pat_[\w\-]{20,}"),
    "an npm token": re.compile(r"\bnpm_[0-9A-Za-z]{36}\b"),
    "a Slack token": re.compile(r"\bxox[abeoprs]-[\w\-]{10,}|\bhooks\.slack\.com/services/T\w+/B\w+/\w{16,}"),
    "a Stripe key": re.compile(r"\b[rs]k_(live|test)_\w{16,}"),
    "a Google API key": re.compile(r"\bAIza[\w\-]{35}"),
    "a Vault token": re.compile(r"\bhv[sb]\.[\w\-]{24,}"),
    "a JSON web token": re.compile(r"\beyJ[\w\-]{10,}\.eyJ[\w\-]{10,}\.[\w\-]*"),
    "a registry login": re.compile(r'"auth"\s*:\s*"[\w+/]{8,}={0,2}"'),
}
"""Forms without lookaround, which the API server's CEL cannot do."""

_CHARACTER: Final = r"""[^\s/@"'<>]"""
URI_PASSWORD: Final = re.compile(
    r"""://[^\s/@:"'<>]*:"""
    rf"""([^\s/@"'<>$%*{{\[]{_CHARACTER}*|\$[^\s/@"'<>({{A-Z_]{_CHARACTER}*|%[0-9A-Fa-f]{{2}}{_CHARACTER}*)@"""
)
"""A URI with a password that is neither a reference to a variable nor a template nor masked."""

_DSN_PASSWORD: Final = re.compile(r"""\b[\w.\-]{1,64}:[^\s/@:"'$<{]{1,128}@(tcp|unix)\(""")


def known_format(text: str) -> str:
    """Say which credential a text holds, by its form.

    Args:
        text: Any text, also a whole file.

    Returns:
        What it is; "" if it holds none.
    """
    if len(text) >= _SHORTEST:
        for what, form in FORMATS.items():
            if form.search(text):
                return what
    if ("://" in text and URI_PASSWORD.search(text)) or ("@" in text and _DSN_PASSWORD.search(text)):
        return "a URI with a password"
    return ""
