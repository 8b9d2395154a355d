"""What an attestation says: which artifact it is about, and of what kind it is (in-toto)."""

from __future__ import annotations

import json
from typing import Any, Final

PAYLOAD: Final = "application/vnd.in-toto+json"
PROVENANCE: Final = "https://slsa.dev/provenance/v1"
_STATEMENT: Final = "https://in-toto.io/Statement/v1"


def problem(payload_type: str, payload: bytes, *, digest: str) -> str:
    """Say why a signed statement does not vouch for an image, "" if it does.

    Args:
        payload_type: The media type that was signed with it.
        payload: The statement.
        digest: The image's, with its algorithm: `sha256:…`.
    """
    content = _object(payload) if payload_type == PAYLOAD else None
    if content is None or content.get("_type") != _STATEMENT:
        return f"it is no statement of the form {_STATEMENT}"
    if content.get("predicateType") != PROVENANCE:
        return f"it is a {str(content.get('predicateType'))[:80]!r}, no build provenance ({PROVENANCE})"
    subjects = _digests(content.get("subject"))
    return "" if digest in subjects else f"it is about {', '.join(sorted(subjects)[:3]) or 'nothing'}"


def _object(payload: bytes) -> dict[str, Any] | None:
    try:
        content = json.loads(payload)
    except ValueError:
        return None
    return content if isinstance(content, dict) else None


def _digests(subjects: object) -> set[str]:
    found = subjects if isinstance(subjects, list) else []
    tables = [entry.get("digest") for entry in found if isinstance(entry, dict)]
    return {f"{name}:{value}" for table in tables if isinstance(table, dict) for name, value in table.items()}
