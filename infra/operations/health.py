"""Asks the API's health endpoint, as its users reach it."""

from __future__ import annotations

from infra.operations.status import Health
from infra.text import line


def ask(url: str, timeout_s: float) -> Health:
    """Get the health endpoint; what fails is part of the answer."""
    import httpx

    try:
        answer = httpx.get(url, timeout=timeout_s, trust_env=not url.startswith("http://127."))
    except httpx.HTTPError as error:
        return Health(url, 0, line(str(error) or type(error).__name__))
    return Health(url, answer.status_code, line(answer.text))
