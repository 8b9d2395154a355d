"""The parts of an image's name."""

from __future__ import annotations


def repository(image: str) -> str:
    """Tell where an image comes from: its name without tag and digest."""
    path, slash, last = image.partition("@")[0].rpartition("/")
    return f"{path}{slash}{last.partition(':')[0]}"
