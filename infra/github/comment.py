"""The one comment on a pull request, edited in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from infra.github.api import BOT
from infra.github.markdown import shortened, tamed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from infra.github.api import Api
    from infra.github.delivery import Delivery, Run

MARK: Final = "<!-- rez: preview -->"
"""Begins the comment; only one of the bot's own counts."""
LARGEST: Final = 64_000
"""Characters of the report; GitHub takes 65,536 in all."""


def body(report: str, run: Run) -> str:
    """The comment's text: pure.

    Args:
        report: Markdown that a stranger's code may have written.
        run: The run that made it.
    """
    about = f"*Made by [the pull request's own run]({run.url}) for {run.sha[:8]}, without credentials.*"
    return f"{MARK}\n{shortened(tamed(report).strip(), LARGEST)}\n\n{about}"


def own(comments: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The comment that we wrote before: pure. Anybody can write the mark."""
    ours = (each for each in comments if (each["user"] or {}).get("login") == BOT and each["body"].startswith(MARK))
    return next(ours, None)


def deliver(api: Api, delivery: Delivery, run: Run) -> str:
    """Write the comment, unless the preview is not of the pull request as it is now.

    Returns:
        Why nothing was written, "" if it was.

    Raises:
        PreconditionError: There is no such pull request, or the job may not write.
        UnavailableError: GitHub does not answer.
    """
    if why := run.mismatch(api.get(f"/pulls/{delivery.number}")):
        return f"pull request {delivery.number}: {why}"
    text = body(delivery.report, run)
    before = own(api.pages(f"/issues/{delivery.number}/comments"))
    if before is None:
        api.post(f"/issues/{delivery.number}/comments", {"body": text})
    elif before["body"] != text:
        api.patch(f"/issues/comments/{before['id']}", {"body": text})
    return ""
