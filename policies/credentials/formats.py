"""What credentials of known providers look like, wherever they stand."""

from __future__ import annotations

import re
from typing import Final

_KNOWN: Final = {
    "a private key": (
        ("PRIVATE KEY", "AGE-SECRET-KEY-", "PuTTY-"),
        r"-----BEGIN [A-Z ]{0,24}PRIVATE KEY|AGE-SECRET-KEY-1[0-9A-Z]{58}|PuTTY-User-Key-File",
    ),
    "an AWS access key": (("AKIA", "ASIA"), r"\b(AKIA|ASIA)[0-9A-Z]{16}\b"),
    "a SendGrid key": (("SG.",), r"\bSG\.[\w\-]{16,}\.[\w\-]{16,}"),
    "a Twilio key": (("SK",), r"\bSK[0-9a-f]{32}\b"),
    "a Razorpay key": (("rzp_",), r"\brzp_(live|test)_\w{8,}"),
    "a Cloudinary URL": (("cloudinary:",), r"\bcloudinary://\d+:[\w\-]+@"),
    "a New Relic key": (("NRAK-", "NRII-", "NRAL"), r"\bNRAK-[0-9A-Z]{20,}\b|\bNRII-[\w\-]{20,}|\b[0-9a-z]{36}NRAL\b"),
    "a Sentry token": (("sntry",), r"\bsntry[us]_[\w+/=\-]{32,}"),
    "a MongoDB Atlas secret": (("mdb_sa_sk_",), r"\bmdb_sa_sk_[\w\-]{20,}"),
    "a Pulumi token": (("pul-",), r"\bpul-[0-9a-f]{40}\b"),
    "a GitHub token": (("gh", "github_pat_"), r"\bgh[pousr]_\w{30,}|\bgithub_pat_\w{40,}"),
    "a GitLab token": (("glpat-",), r"\bglpat-[\w\-]{20,}"),
    "a Docker Hub token": (("dckr_pat_",), r"\bdckr_pat_[\w\-]{20,}"),
    "an npm token": (("npm_",), r"\bnpm_[0-9A-Za-z]{36}\b"),
    "a Slack token": (
        ("xox", "hooks.slack.com"),
        r"\bxox[abeoprs]-[\w\-]{10,}|\bhooks\.slack\.com/services/T\w+/B\w+/\w{16,}",
    ),
    "a Stripe key": (("k_live_", "k_test_"), r"\b[rs]k_(live|test)_\w{16,}"),
    "an OpenAI or Anthropic key": (
        ("sk-",),
        r"\bsk-((proj|svcacct|admin|or-v1|ant-[a-z]+[0-9]+)-[\w\-]{20,}|[0-9A-Za-z]{32,})",
    ),
    "a Discord webhook": (("/api/webhooks/",), r"\bdiscord(app)?\.com/api/webhooks/\d+/[\w\-]{20,}"),
    "a Google API key": (("AIza",), r"\bAIza[\w\-]{35}"),
    "a Vault token": (("hvs.", "hvb."), r"\bhv[sb]\.[\w\-]{24,}"),
    "a JSON web token": (("eyJ",), r"\beyJ[\w\-]{10,}\.eyJ[\w\-]{10,}\.[\w\-]*"),
    "a registry login": (('"auth"',), r'"auth"\s*:\s*"[\w+/]{8,}={0,2}"'),
}
"""What a form cannot do without, which is looked for first since most texts have none; and the form."""

_MARKS: Final = re.compile("|".join(re.escape(mark) for marks, _ in _KNOWN.values() for mark in marks))
FORMATS: Final = {what: re.compile(form) for what, (_, form) in _KNOWN.items()}
"""Forms without lookaround, which the API server's CEL cannot do."""

_CHARACTER: Final = r"""[^\s/@"'<>]"""
_FIRST: Final = r"""([^\s/@"'<>$%*{\[]|\$[^\s/@"'<>({A-Z_]|%[0-9A-Fa-f]{2})"""
_NO_DIGEST: Final = r"($|[^s]|s($|[^h])|sh($|[^a]))"
URI_PASSWORD: Final = re.compile(rf"""://[^\s/@:"'<>]*:{_FIRST}{_CHARACTER}*@{_NO_DIGEST}""")
"""A URI with a password that is neither a variable nor a template nor masked; an image's tag and digest are none."""

_DSN_PASSWORD: Final = re.compile(r"""\b[\w.\-]{1,64}:[^\s/@:"'$<{]{1,128}@(tcp|unix)\(""")


def known_format(text: str) -> str:
    """Say which credential a text holds, by its form.

    Args:
        text: Any text, also a whole file.

    Returns:
        What it is; "" if it holds none.
    """
    if _MARKS.search(text):
        for what, (marks, _) in _KNOWN.items():
            if any(mark in text for mark in marks) and FORMATS[what].search(text):
                return what
    if ("://" in text and URI_PASSWORD.search(text)) or ("@" in text and _DSN_PASSWORD.search(text)):
        return "a URI with a password"
    return ""
