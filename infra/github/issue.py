"""One issue for one kind of finding: opened, kept up to date, and closed when nothing is found any more."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from infra.github.api import BOT
from infra.github.markdown import shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from infra.github.api import Api

LARGEST: Final = 64_000
"""Characters of the report; GitHub takes 65,536 in all."""


def mark(title: str) -> str:
    """What the issue's text begins with: pure."""
    return f"<!-- rez: {re.sub('[^a-z0-9]+', '-', title.lower()).strip('-')} -->"


def own(issues: Iterable[Mapping[str, Any]], title: str) -> Mapping[str, Any] | None:
    """The open issue that we wrote under this title: pure. Anybody can write the mark, and anybody retitle it."""
    ours = (
        each
        for each in issues
        if (each["user"] or {}).get("login") == BOT
        and (each["body"] or "").startswith(mark(title))
        and "pull_request" not in each
    )
    return next(ours, None)


def report(api: Api, title: str, found: str, url: str) -> str:
    """Open the issue, or bring it up to date.

    Args:
        api: The repository.
        title: Names the kind of finding.
        found: What was found, Markdown.
        url: The run that found it.

    Returns:
        What was done.
    """
    says = f"{mark(title)}\n{shortened(found.strip(), LARGEST)}\n\n"
    text = f"{says}*First seen so by [this run]({url}); the first that does not find it any more closes this issue.*"
    before = own(api.pages("/issues", state="open"), title)
    if before is None:
        return f"opened issue {api.post('/issues', {'title': title, 'body': text})['number']}"
    if before["body"].startswith(says):
        return f"issue {before['number']} says so already"
    api.patch(f"/issues/{before['number']}", {"body": text})
    return f"updated issue {before['number']}"


def settle(api: Api, title: str, url: str) -> str:
    """Close the issue, if it is open.

    Args:
        api: The repository.
        title: Names the kind of finding.
        url: The run that found nothing any more.

    Returns:
        What was done.
    """
    before = own(api.pages("/issues", state="open"), title)
    if before is None:
        return "no issue is open"
    api.post(f"/issues/{before['number']}/comments", {"body": f"Not found any more by [this run]({url})."})
    api.patch(f"/issues/{before['number']}", {"state": "closed", "state_reason": "completed"})
    return f"closed issue {before['number']}"
