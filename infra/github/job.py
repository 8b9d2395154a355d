"""The job that we run in, as its runner describes it by environment and files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from infra.errors import PreconditionError
from infra.github.markdown import shortened

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST_SUMMARY: Final = 900_000
"""Characters; GitHub takes 1 MiB of a step and drops a longer one whole."""


@dataclass(frozen=True)
class Job:
    """One job.

    Attributes:
        env: Its environment.
    """

    env: Mapping[str, str]

    def event(self) -> dict[str, Any]:
        """What started the workflow.

        Raises:
            PreconditionError: This is no job on GitHub.
        """
        return dict(json.loads(Path(self._named("GITHUB_EVENT_PATH")).read_text(encoding="utf-8")))

    @property
    def url(self) -> str:
        """The page of the workflow's run."""
        parts = [self._named(name) for name in ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")]
        return "{}/{}/actions/runs/{}".format(*parts)

    def put(self, name: str, value: str) -> None:
        """Give later steps a value; without a runner nobody waits for it.

        Raises:
            ValueError: The value has several lines, which would be read as more outputs.
        """
        if "\n" in value or "\r" in value:
            raise ValueError(f"output {name}: has several lines")
        self._append("GITHUB_OUTPUT", f"{name}={value}\n")

    def summarize(self, text: str) -> None:
        """Show Markdown on the run's page; without a runner there is no page."""
        self._append("GITHUB_STEP_SUMMARY", shortened(text, LARGEST_SUMMARY) + "\n")

    def _append(self, variable: str, text: str) -> None:
        if path := self.env.get(variable):
            with Path(path).open("a", encoding="utf-8") as file:
                file.write(text)

    def _named(self, name: str) -> str:
        try:
            return self.env[name]
        except KeyError:
            raise PreconditionError(f"{name} is not set: this command is for a job of GitHub Actions") from None
