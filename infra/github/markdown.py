"""Text from elsewhere as part of our own Markdown. Pure."""

from __future__ import annotations

import re
from typing import Final

CUT: Final = "\n\n*The rest is too long for here.*"

_MENTION: Final = re.compile(r"(?<![\w`/.-])@(?=[A-Za-z0-9])")
_CONTROL: Final = re.compile(r"[^\S\n ]|[\x00-\x08\x0e-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_PICTURE: Final = re.compile(r"<(?=/?(?:img|picture|source|video)\b)", re.IGNORECASE)
_ZERO_WIDTH: Final = "\u200b"


def shortened(text: str, limit: int) -> str:
    """The text, cut after a whole line where it is too long, with a word about it.

    A block of code or a fold that the cut leaves open is closed, so that the word about it is seen.
    """
    if len(text) <= limit:
        return text
    kept = text[: limit - 2 * len(CUT)].rpartition("\n")[0]
    fence = "\n```" if len(re.findall(r"^```", kept, re.MULTILINE)) % 2 else ""
    folds = "\n</details>" * max(0, kept.count("<details") - kept.count("</details>"))
    return kept + fence + folds[: len(CUT) - len(fence)] + CUT


def fenced(text: str) -> str:
    """The text as it is, in a block of code that nothing in it can end."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text.rstrip()}\n{fence}"


def tamed(text: str) -> str:
    """Markdown that a stranger may have written, without what reaches out of it.

    It calls nobody by `@name`, loads no picture, hides nothing in a comment, and cannot turn the direction of writing.
    """
    calm = _CONTROL.sub(" ", text.replace("\r\n", "\n"))
    calm = calm.replace("<!--", "&lt;!--").replace("![", "!\\[")
    return _MENTION.sub(f"@{_ZERO_WIDTH}", _PICTURE.sub("&lt;", calm))
