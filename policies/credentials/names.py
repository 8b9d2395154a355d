"""Tells by a name alone whether a credential, or something public, is to be expected behind it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_KEYS: Final = (
    "access|account|admin|aes|api|app|auth|deploy|encrypt|encryption|decryption|hmac|jwt|license|master|private|rsa"
    "|secret|service|session|shared|signing|ssh|storage|subscription|webhook"
)
_OWNERS: Final = (
    "access|admin|api|app|auth|client|consumer|cookie|db|hmac|jwt|key|merchant|oauth|oidc|refresh|session|shared"
    "|signing|token|user|webhook"
)
_END: Final = r"s?([_.\-]?(base|value|plain|b64|base64|prod|production|staging|dev|test|live|old|new|current|v?\d+))?$"

NAME: Final = re.compile(
    rf"(password|passwd|passphrase|passcode|requirepass|masterauth|sshpass){_END}"
    rf"|(^|[_.\-])(pass|pwd|pw|token|credential|rediscli_auth|erlang_cookie|({_KEYS})[_.\-]?key){_END}"
    rf"|(^|(^|[_.\-])({_OWNERS})[_.\-]?)secret{_END}",
    re.IGNORECASE | re.ASCII,
)
"""Names of credentials; without lookaround, which the API server's CEL cannot do, so it leaves out some secrets."""

_KIND_FIRST: Final = re.compile(
    r"(?:^|_)(?:pass(?:word|wd)?|pwd|token|secret|api_?key|credentials?|creds)_(?:db|database|mongo(?:db)?|redis|cache|postgres(?:ql)?|pg|my_?sql"
    r"|smtp|mail|root|admin|user|app|api|jwt|session|master|main|primary|replica|git_?hub|git_?lab|slack|npm|send_?grid"
    r"|twilio|razorpay|cloudinary|stripe|sentry|new_?relic|aws|rabbit_?mq|kafka)$"
    r"|(?:^|_)(?:redis_auth|creds)$"
)
_LOGIN: Final = re.compile(r"(?:^|_)(?:auth|login|creds|credentials?|headers?|authorization)$")
_WORD_STARTS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SEPARATORS: Final = re.compile(r"[^a-z0-9]+")
_ANY_SECRET: Final = re.compile(rf"(?:^|_)secret{_END}")
_OF_AN_OBJECT: Final = re.compile(
    r"(?:^|_)(?:tls|ssl|ca|certs?|certificate|pull|image|registry|existing|ingress)_secrets?$"
)
_MAYBE_AN_OBJECT: Final = re.compile(r"(?:^|_)(?:secret|credential|token)s?$")
_OWNED: Final = re.compile(rf"(?:^|_)(?:{_OWNERS})_?(?:secret|token)s?$")
_PASSWORD: Final = re.compile(rf"(?:pass(?:word|wd|phrase|code)s?|requirepass|masterauth|(?:^|_)(?:pass|pwd|pw)){_END}")
_COUNT: Final = re.compile(r"(?:^|_)tokens(?:_|$)")
_PUBLIC: Final = re.compile(
    r"(?:^|_)(?:hash(?:es)?|digests?|checksums?|sums?|sha\d*|md5|fingerprint|thumbprint|integrity|signatures?|ids?|kid|uid|uuid|commit"
    r"|revision|version|etag|ca|certs?|certificates?|bundle|public|pub|pubkey|image)(?:_|\d|$)"
)


@lru_cache(maxsize=4096)
def means_credential(name: str) -> bool:
    """Tell whether what has this name is a credential, as `DB_PASSWORD`, `clientSecret` and `api-key` are.

    Args:
        name: The name of a variable, a key, an option.

    Returns:
        Whether it is; a name of a Secret with a certificate or for pulling images is none.
    """
    words = _words(name)
    if NAME.search(name) or NAME.search(words):
        return True
    if _KIND_FIRST.search(words):
        return True
    return _ANY_SECRET.search(words) is not None and _OF_AN_OBJECT.search(words) is None


def may_mean_object(name: str) -> bool:
    """Tell whether a name may stand for an object's name: `secret` and `cluster-token` may, `client-secret` may not."""
    words = _words(name)
    return _MAYBE_AN_OBJECT.search(words) is not None and _OWNED.search(words) is None


def means_password(name: str) -> bool:
    """Tell whether a plain number behind this name is a password rather than a count."""
    return _PASSWORD.search(_words(name)) is not None


def means_count(name: str) -> bool:
    """Tell whether a number behind this name counts something, as that of `maxTokens` does."""
    return _COUNT.search(_words(name)) is not None


def means_login(name: str) -> bool:
    """Tell whether a user with a password, or a header with a token, may stand behind this name."""
    return _LOGIN.search(_words(name)) is not None


def means_public(name: str) -> bool:
    """Tell whether a random text behind this name gives nothing away: a digest, an id, a certificate."""
    return _PUBLIC.search(_words(name)) is not None


def _words(name: str) -> str:
    return _SEPARATORS.sub("_", _WORD_STARTS.sub("_", name).lower()).strip("_")
