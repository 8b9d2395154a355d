"""Finds credentials that a text sets by name: connection strings, option lists, properties, YAML, JSON, XML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from policies.credentials.harmless import is_code, is_harmless, is_object_name, is_reference
from policies.credentials.names import may_mean_object, means_credential, means_login, means_password

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAME: Final = r"[A-Za-z_][\w.\-\[\]]{1,60}"
_BARE: Final = r"""[^\s"'`,;&|(){}\[\]<>#=~]++(?![(\[{])"""
_BARE_WITH_DIGIT: Final = r"""[^\s"'`,;&|(){}\[\]<>#=~\d]*\d[^\s"'`,;&|(){}\[\]<>#=~]*"""  # no word, as code has there
_VALUE: Final = rf"""(?:"([^"\n]*)"|'([^'\n]*)'|({_BARE}))"""
_FORMS: Final = {
    "=": re.compile(rf"(?<![\w.$])({_NAME})[ ]?=[ ]?{_VALUE}"),
    '":': re.compile(rf'"({_NAME})"\s?:\s?"([^"\n]*)"'),
    "\n": re.compile(rf"^[ \t]*(?:-[ \t]+)?({_NAME}):[ \t]+{_VALUE}[ \t]*(?:#.*)?$", re.MULTILINE),
    "{": re.compile(rf"[{{,][ ]?({_NAME}): ?(?:\"([^\"\n]*)\"|'([^'\n]*)'|({_BARE_WITH_DIGIT}))[ ]?[,}}]"),
    "</": re.compile(rf"<({_NAME})(?: [^<>\n]*)?>([^<>\n]*)</"),
    'value="': re.compile(rf'\b(?:name|key)="({_NAME})"\s+value="([^"\n]*)"'),
    "machine ": re.compile(r"\bmachine[ \t]+\S+\s+login[ \t]+\S+\s+(password)[ \t]+(\S+)"),
    "requirepass": re.compile(rf"^[ \t]*(requirepass)[ \t]+{_VALUE}", re.MULTILINE),
    "masterauth": re.compile(rf"^[ \t]*(masterauth)[ \t]+{_VALUE}", re.MULTILINE),
}
_PORT: Final = r":(?:\d{4,5}|\*):"
_MARKS: Final = re.compile("|".join((*map(re.escape, (*_FORMS, ">", ": ")), _PORT)))
"""What no form can do without; most values have none of it."""

_ACL_PASSWORD: Final = re.compile(r"^[ \t]*user[ \t]+\S+[ \t].*?>(\S+)", re.MULTILINE)
_PGPASS: Final = re.compile(rf"^[^\s:#]+{_PORT}[^\s:]+:[A-Za-z*][^\s:]*:(\S+)$", re.MULTILINE)
_NUMBER: Final = re.compile(rf'"({_NAME})"\s?:\s?\d{{4}}')
"""In JSON a number needs no quotes; short ones, and those of other names, are counts."""

_HEADER: Final = re.compile(
    r"authorization[\"']? ?[:=][ \"']*(?:basic|bearer|token)(?:\s+|%20)([^\s\"',]+)", re.IGNORECASE
)
_LOGIN: Final = re.compile(r"(?:basic|bearer|token)\s+(\S{8,})|[\w.@\-]+:([^\s:/]*[^\s:/\d][^\s:/]*)", re.IGNORECASE)


def sets_credential(text: str) -> bool:
    """Tell whether a text sets a credential to a plain value.

    Args:
        text: A connection string, a list of options, a file.

    Returns:
        Whether it does.
    """
    if _MARKS.search(text) is None:
        return False
    if any(mark in text and _sets(form, text) for mark, form in _FORMS.items()):
        return True
    if '":' in text and any(map(means_password, _NUMBER.findall(text))):
        return True
    passwords = [*(_ACL_PASSWORD.findall(text) if ">" in text else ()), *_PGPASS.findall(text)]
    headers = _HEADER.findall(text) if "authorization" in text.lower() else []
    return any(is_set("password", each) for each in (*passwords, *headers))


def is_set(name: str, value: str) -> bool:
    """Tell whether, in the midst of a text, a name stands for a credential and a value is one.

    Args:
        name: The name.
        value: What it is set to.

    Returns:
        Whether it is no reference, no piece of code and no name of a Secret.
    """
    return is_option(name, value) and not is_code(value)


def is_option(name: str, value: str) -> bool:
    """Tell whether an option stands for a credential and its value is one, and not the name of a Secret."""
    return is_plain(name, value) and not (may_mean_object(name) and is_object_name(value))


def is_login(name: str, value: str) -> bool:
    """Tell whether a value is a user with a password or a scheme with a token, where a name lets expect it."""
    login = _LOGIN.fullmatch(value) if means_login(name) else None
    secret = (login[1] or login[2]) if login else ""
    return secret != "" and not is_harmless("password", secret) and not is_reference(value)


def is_plain(name: str, value: str) -> bool:
    """Tell whether a name stands for a credential and its value is one, and no reference to it."""
    return value != "" and means_credential(name) and not is_harmless(name, value)


def _sets(form: re.Pattern[str], text: str) -> bool:
    return any(is_set(name, value) for name, value in _pairs(form, text))


def _pairs(form: re.Pattern[str], text: str) -> Iterator[tuple[str, str]]:
    for name, *values in form.findall(text):
        yield name, next(filter(None, values), "")
