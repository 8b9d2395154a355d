"""Tells which connection strings of MongoDB and Redis go over the network in plain text."""

from __future__ import annotations

import re
from typing import Final

_URI: Final = re.compile(r"""\b(redis|mongodb|mongodb\+srv)://([^\s"'`<>\\|]+)""", re.IGNORECASE)
_PORT: Final = re.compile(r":\d+$")
_HERE: Final = re.compile(r"localhost|127(\.\d{1,3}){3}|\[::1\]", re.IGNORECASE)
_TLS: Final = frozenset({"tls", "ssl"})
_UNVERIFIED: Final = frozenset({"tlsinsecure", "tlsallowinvalidcertificates", "tlsallowinvalidhostnames"})
_REFERENCE: Final = ("$", "{{")


def plain_connection(text: str) -> str:
    """Find a connection without TLS, or with TLS to whoever answers.

    Args:
        text: Any text, also a whole file.

    Returns:
        The scheme, as in `redis://`; "" if there is none but over the loopback, where the local emulator listens.
    """
    if "://" not in text:
        return ""
    for scheme, rest in _URI.findall(text):
        if not _encrypted(scheme.lower(), rest) and not _here(rest):
            return f"{scheme.lower()}://"
    return ""


def _encrypted(scheme: str, rest: str) -> bool:
    if scheme == "redis":
        return False
    query = rest.partition("?")[2]
    options = [option.partition("=")[::2] for option in query.replace(";", "&").split("&")]
    if any(name.lower() in _UNVERIFIED and value.lower() == "true" for name, value in options):
        return False
    wanted = [value.lower() for name, value in options if name.lower() in _TLS]
    if any(mark in query for mark in _REFERENCE):
        return not wanted or "false" not in wanted
    return all(value == "true" for value in wanted) and (bool(wanted) or scheme == "mongodb+srv")


def _here(rest: str) -> bool:
    hosts = re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")[2].split(",")
    return all(_HERE.fullmatch(_PORT.sub("", host)) for host in hosts)
