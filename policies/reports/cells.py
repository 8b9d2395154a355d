"""Text from elsewhere inside of Markdown, where it must not be markup: no links, mentions or HTML."""

from __future__ import annotations


def cell(text: str) -> str:
    """Text in a table's cell, as it is written."""
    for sign in "\\`*_[]<>|@#":
        text = text.replace(sign, f"\\{sign}" if sign not in "<>@" else {"<": "&lt;", ">": "&gt;", "@": "&#64;"}[sign])
    return " ".join(text.split())


def code(text: str) -> str:
    """Text in a table's cell, as code."""
    return f"`{' '.join(text.split()).replace('`', ' ').replace('|', chr(92) + '|')}`"
