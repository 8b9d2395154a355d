"""Tells a credential from an ordinary value, by its name and by its looks."""

from __future__ import annotations

from policies.credentials.assignments import is_login, is_plain, sets_credential
from policies.credentials.entropy import decoded, random_looking
from policies.credentials.formats import FORMATS, URI_PASSWORD, known_format
from policies.credentials.harmless import HARMLESS, is_reference
from policies.credentials.names import NAME, means_public

__all__ = ["FORMATS", "HARMLESS", "NAME", "URI_PASSWORD", "credential", "credential_by_looks"]


def credential(name: str, value: str) -> str:
    """Say which credential a named value is.

    Args:
        name: The variable's or key's name.
        value: Its value; it is looked at, never part of the answer.

    Returns:
        What it is, as in "a URI with a password"; "" for an ordinary value.
    """
    text = value.strip()
    if not text:
        return ""
    if found := known_format(text):
        return found
    named = is_plain(name, text) or is_login(name, text)
    return "a credential by its name" if named else _by_looks(name, text)


def credential_by_looks(name: str, value: str) -> str:
    """Say which credential a value is where a name is often that of an object with the credential.

    Args:
        name: The name; it only tells what is public.
        value: The value; it is looked at, never part of the answer.

    Returns:
        What it is; "" for an ordinary value.
    """
    text = value.strip()
    return known_format(text) or _by_looks(name, text)


def _by_looks(name: str, text: str) -> str:
    """Judge a text that has no known format itself; what is in it, if it is base64, may."""
    if found := _looks(name, text):
        return found
    inside = decoded(text).strip()
    found = (known_format(inside) or _looks(name, inside)) if inside else ""
    return f"{found}, in base64" if found else ""


def _looks(name: str, text: str) -> str:
    if sets_credential(text):
        return "a text that sets a credential"
    random = random_looking(text) and not means_public(name) and not is_reference(text)
    return "a random token" if random else ""
