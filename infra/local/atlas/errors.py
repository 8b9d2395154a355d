"""What Atlas refuses, as it says it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any


class Refusal(Exception):
    """A request that Atlas refuses.

    Args:
        status: HTTP status.
        code: Atlas's own word, as in ``CLUSTER_NOT_FOUND``.
        detail: A sentence, which quotes no secret.
        parameters: The values that the sentence names.
    """

    def __init__(self, status: HTTPStatus, code: str, detail: str, *parameters: str) -> None:
        super().__init__(detail)
        self.status = status
        self.body: dict[str, Any] = {
            "detail": detail,
            "error": status.value,
            "errorCode": code,
            "parameters": list(parameters),
            "reason": status.phrase,
        }


def missing(attribute: str) -> Refusal:
    """A body without what it needs."""
    detail = f"The required attribute {attribute} was not specified."
    return Refusal(HTTPStatus.BAD_REQUEST, "MISSING_ATTRIBUTE", detail, attribute)


def bad_enum(value: str) -> Refusal:
    """A value that is none of those that an attribute can have."""
    detail = f"An invalid enumeration value {value} was specified."
    return Refusal(HTTPStatus.BAD_REQUEST, "INVALID_ENUM_VALUE", detail, value)


def invalid(attribute: str) -> Refusal:
    """An attribute whose value cannot be."""
    detail = f"Invalid attribute {attribute} specified."
    return Refusal(HTTPStatus.BAD_REQUEST, "INVALID_ATTRIBUTE", detail, attribute)


def absent(code: str, detail: str, *parameters: str) -> Refusal:
    """Nothing of that name."""
    return Refusal(HTTPStatus.NOT_FOUND, code, detail, *parameters)


def conflict(code: str, detail: str, *parameters: str) -> Refusal:
    """Something that is already there, or in the way."""
    return Refusal(HTTPStatus.CONFLICT, code, detail, *parameters)
