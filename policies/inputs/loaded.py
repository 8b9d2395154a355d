"""What a reader gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policies.resources import Resource


@dataclass(frozen=True, slots=True)
class Problem:
    """A part of the input that could not be read.

    Attributes:
        file: The file.
        line: The line, counted from 1.
        message: What is wrong and what to do, one line.
    """

    file: str
    line: int
    message: str


@dataclass(slots=True)
class Loaded:
    """Objects, and what is no object that rules know.

    Attributes:
        resources: Objects of kinds that some rule judges.
        problems: What could not be read.
        ignored: How many documents are of other kinds, or no Kubernetes objects.
        files: How many files were read.
    """

    resources: list[Resource] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    ignored: int = 0
    files: int = 0
