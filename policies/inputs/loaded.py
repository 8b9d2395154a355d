"""What a reader gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from policies.objects.resources import Resource


class Extent(Enum):
    """How much of a stack an input holds.

    Attributes:
        WHOLE: Every object.
        FILES: What is kept in files: all but the Secrets, seldom.
        PART: What changes alone, so that nothing can be said about objects together.
    """

    WHOLE = "whole"
    FILES = "files"
    PART = "part"


class Problem(NamedTuple):
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
        extent: How much of the stack they hold.
    """

    resources: list[Resource] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    ignored: int = 0
    files: int = 0
    extent: Extent = Extent.FILES
