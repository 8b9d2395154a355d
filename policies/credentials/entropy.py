"""Tells a random token from words, by its alphabet and its length; and what base64 holds."""

from __future__ import annotations

import math
import re
from base64 import b64decode
from collections import Counter
from typing import Final

_TOKEN: Final = re.compile(r"(?!sha\d{1,3}-)(?=\D*\d)(?=[^A-Za-z]*[A-Za-z])[0-9A-Za-z+/_\-]{20,126}={0,2}")
_HEX: Final = re.compile(r"[0-9a-f]+|[0-9A-F]+")
_BASE64: Final = re.compile(r"[0-9A-Za-z+/]{8,}={0,2}|[0-9A-Za-z\-_]{8,}={0,2}")

_HEXADECIMAL: Final = 16
_ONE_CASE: Final = 36
_BOTH_CASES: Final = 62
_LEAST_LENGTHS: Final = {_HEXADECIMAL: 34, _ONE_CASE: 30, _BOTH_CASES: 20}
"""From which length on a token over such an alphabet may be a credential: shorter ones are ids."""

_DIGESTS: Final = frozenset({40, 56, 64, 96, 128})
"""Lengths of SHA-1 (also Git's commits), SHA-224, SHA-256, SHA-384 and SHA-512 in hex."""

_LEAST_SPREAD: Final = 0.82
"""Shannon entropy over the most that alphabet and length allow; random tokens have more in 99 cases of 100."""

_WORD: Final = re.compile(
    r"(?=[A-Za-z]?[b-df-hj-np-tv-xz]*[aeiouy])[A-Z]?[a-z]{3,}|(?=[B-DF-HJ-NP-TV-XZ]*[AEIOUY])[A-Z]{4,}"
)
_DATE: Final = re.compile(r"\d{6}")
_MOST_IN_WORDS: Final = 0.45
"""Share of what looks like words: names in camel case have more, 95 of 100 random tokens less."""

_LEAST_DIGITS: Final = 0.15
"""Share of digits over an alphabet of one case, where letters form runs anyway; random tokens have 0.28."""

_SEQUENCE: Final = b"\x30"
_INTEGER_OF_ONE_BYTE: Final = b"\x02\x01"
_ASCII: Final = 0x80
_LEAST_ASCII: Final = 0.8
"""Share of bytes below 0x80 in encoded messages; random bytes have 0.5."""

_GZIP: Final = b"\x1f\x8b"
_SSH: Final = re.compile(rb"\0\0\0.(?:ssh|ecdsa|sk-)", re.DOTALL)


def random_looking(text: str) -> bool:
    """Tell whether a text is a random token of a credential's size.

    Args:
        text: One value.

    Returns:
        False for words, digests, UUIDs, image names, paths, public keys, certificates and encoded text.
    """
    if _TOKEN.fullmatch(text) is None:
        return False
    core = text.rstrip("=")
    alphabet = _alphabet(core)
    if len(core) < _LEAST_LENGTHS[alphabet] or (alphabet == _HEXADECIMAL and len(core) in _DIGESTS):
        return False
    return _spread(core, alphabet) >= _LEAST_SPREAD and not _worded(core, alphabet) and not _structured(text)


def decoded(text: str) -> str:
    """Decode base64 of plain text.

    Args:
        text: One value.

    Returns:
        The text inside; "" if this is not base64, or not of text.
    """
    return _text(_bytes(text))


def _alphabet(core: str) -> int:
    if _HEX.fullmatch(core):
        return _HEXADECIMAL
    return _ONE_CASE if core in {core.lower(), core.upper()} else _BOTH_CASES


def _spread(core: str, alphabet: int) -> float:
    counts = Counter(core).values()
    entropy = -sum(count / len(core) * math.log2(count / len(core)) for count in counts)
    return entropy / math.log2(min(len(core), alphabet))


def _worded(core: str, alphabet: int) -> bool:
    if alphabet == _BOTH_CASES:
        in_words = sum(map(len, _WORD.findall(core)))
        return in_words > _MOST_IN_WORDS * len(core) or _DATE.search(core) is not None
    return not core.isalnum() or sum(map(str.isdigit, core)) < _LEAST_DIGITS * len(core)


def _structured(text: str) -> bool:
    """Tell whether base64 holds a certificate, a public key, a signature, a message or a text."""
    raw = _bytes(text)
    if not raw:
        return False
    public_der = raw.startswith(_SEQUENCE) and _INTEGER_OF_ONE_BYTE not in raw[2:6]
    message = sum(byte < _ASCII for byte in raw) >= _LEAST_ASCII * len(raw)
    return public_der or message or raw.startswith(_GZIP) or _SSH.match(raw) is not None or bool(_text(raw))


def _bytes(text: str) -> bytes:
    if len(text) % 4 or _BASE64.fullmatch(text) is None:
        return b""
    return b64decode(text, altchars=b"-_" if "-" in text or "_" in text else None)


def _text(raw: bytes) -> str:
    try:
        inside = raw.decode()
    except UnicodeDecodeError:
        return ""
    return inside if all(each.isprintable() or each.isspace() for each in inside) else ""
