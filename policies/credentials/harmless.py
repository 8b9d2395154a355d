"""Tells what gives no credential away though it stands where one is expected: references, switches, numbers, paths."""

from __future__ import annotations

import re
from typing import Final

from policies.credentials.entropy import random_looking
from policies.credentials.names import means_count, means_password

_REFERENCE: Final = (
    r"(?s:.*(\$\([^)\n]+\)|\$\{[^}\n]+\}|\{\{.+\}\}|\[\[.+\]\]|<%.+%>|%\{[^}\n]+\}).*)"  # variables, templates
    r"|(?-i:\$[A-Z_][A-Z0-9_]*)|\$\d|%\w+%|%[sv]|__\w+__|@\w+@"
    r"|<[^<>]+>|\*{2,}|x{3,}|\.{2,}|\[(redacted|secret|hidden)\]"  # placeholders and masks
    r"|(?s:ENC\[.*)|ref\+\w+://\S+|\{cipher\}\S+|(vault|ssm|op|env|awssm|gcpsm|secretsmanager):\S+"  # secrets managers
    r"|arn:[\w\-]+:(secretsmanager|ssm|kms):\S+|projects/[\w\-]+/secrets/\S+|\S+@azurekeyvault"
)
_SWITCH: Final = r"true|false|yes|no|y|n|on|off|none|null|nil|enabled|disabled|\d{1,6}(ms|s|m|h|d)?|v?\d+(\.\d+){1,3}"
_PLACE: Final = (
    r"(~|\.{1,2}|file:/{0,2})?/[\w.\-/]*|[\w.\-]+\.(json|ya?ml|toml|pem|key|crt|cert|txt|conf|env|jks|p12|jwt)"
    r"|https?://[^\s@?]+"
)
_FLAGS: Final = re.IGNORECASE | re.ASCII

HARMLESS: Final = re.compile(rf"{_SWITCH}|{_PLACE}|{_REFERENCE}", _FLAGS)
"""Values that are no credentials under any name; without lookaround, which the API server's CEL cannot do."""

_REFERENCES: Final = re.compile(_REFERENCE, _FLAGS)
_NUMBER: Final = re.compile(r"\d{1,12}", re.ASCII)
_SHORT_NUMBER: Final = re.compile(r"\d{4,6}")
_OBJECT_NAME: Final = re.compile(r"[a-z]+(([\-/][a-z]+)+([\-.]?\d{1,3})?|([\-/][a-z]+)*-[24-9bcdfghkmt]{10})")
"""Words, or words before the hash that Kustomize adds, which is hex in letters of its own."""

_CODE: Final = re.compile(r"\$.*|[A-Za-z_]\w*(\.[A-Za-z_]\w*)+|string|str|bytes|required|optional|\W*", re.ASCII)


def is_reference(text: str) -> bool:
    """Tell whether a value only says where the credential comes from.

    Args:
        text: The value.

    Returns:
        Whether it holds a variable or a template, or is a reference to a manager of secrets, a placeholder or a mask.
    """
    return _REFERENCES.fullmatch(text) is not None


def is_harmless(name: str, text: str) -> bool:
    """Tell whether a value is no credential although its name says so.

    Args:
        name: The name; short numbers are counts, but for a password.
        text: The value.

    Returns:
        Whether it is a reference, a switch, a duration, a path, an address.
    """
    if HARMLESS.fullmatch(text) is None:
        return _NUMBER.fullmatch(text) is not None and means_count(name)
    if _SHORT_NUMBER.fullmatch(text):
        return not means_password(name)
    return not random_looking(text)


def is_object_name(text: str) -> bool:
    """Tell whether a value is rather the name of a Secret than a secret."""
    return _OBJECT_NAME.fullmatch(text) is not None


def is_code(text: str) -> bool:
    """Tell whether a value is, in a script or a source text, a variable, a type or an expression."""
    return _CODE.fullmatch(text) is not None
