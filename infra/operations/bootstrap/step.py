"""One write: what it is for a person, and the call that it is for AWS."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

NEW_KEY: Final = "(the new key)"
"""Stands for the key's ARN in the steps of a plan that creates the key."""


@dataclass(frozen=True)
class Step:
    """A call of AWS's API.

    Attributes:
        what: The resource, such as `bucket NAME`.
        says: What changes, such as `versioning off -> on`.
        service: boto3's name of the service.
        call: boto3's name of the operation.
        params: Its parameters.
    """

    what: str
    says: str
    service: str
    call: str
    params: dict[str, Any] = field(repr=False)

    def line(self) -> str:
        """The step for a person."""
        return f"{self.what}: {self.says}"

    def with_key(self, arn: str) -> Step:
        """The step with the real key in the place of the one that was only planned."""
        return Step(self.what, self.says, self.service, self.call, _replaced(self.params, arn))


def _replaced(value: Any, arn: str) -> Any:
    if isinstance(value, str):
        return value.replace(NEW_KEY, arn)
    if isinstance(value, dict):
        return {key: _replaced(inner, arn) for key, inner in value.items()}
    return [_replaced(inner, arn) for inner in value] if isinstance(value, list) else value
