"""A release: a version and the image that it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Self

_FORM: Final = re.compile(
    r"([A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)=([a-z0-9][a-z0-9._:/-]*@sha256:[0-9a-f]{64})"
)


@dataclass(frozen=True)
class Release:
    """What runs.

    Attributes:
        version: The name of the release, like `v2`; good as a label.
        image: The image by digest.
    """

    version: str
    image: str

    def __str__(self) -> str:
        """The form that `parse` reads."""
        return f"{self.version}={self.image}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `VERSION=IMAGE@sha256:DIGEST`.

        Raises:
            ValueError: The text has another form.
        """
        found = _FORM.fullmatch(text)
        if found is None:
            message = f"{text[:120]!r} is no release; it must be VERSION=IMAGE@sha256:DIGEST"
            raise ValueError(message)
        return cls(version=found.group(1), image=found.group(2))

    @classmethod
    def of(cls, output: object) -> Self | None:
        """The release of a stack's output `release`; None when it names none."""
        if not isinstance(output, dict):
            return None
        version, image = output.get("version"), output.get("image")
        return (
            cls(version, image) if isinstance(version, str) and isinstance(image, str) and version and image else None
        )
