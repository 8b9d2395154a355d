"""Progress of a deploy as the place can show it: plain lines with the time, or a live view on a terminal."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Self

from infra.cli.stack import say
from infra.github.log import calm
from infra.rollout.progress import Entered, Planned, Watched

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rich.text import Text

    from infra.rollout.progress import Event


class Progress:
    """Plain lines, folded by phase in a job's log; what they are made of cannot command the runner.

    Attributes:
        phases: Names and seconds of the phases that were entered.

    Args:
        folded: Whether phases are folded as GitHub's log can.
        clock: Seconds that never go back.
    """

    def __init__(self, *, folded: bool = False, clock: Callable[[], float] = time.monotonic) -> None:
        self._folded, self._clock = folded, clock
        self._entered: list[tuple[str, float]] = []
        self._ended_s: float | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._ended_s = self._clock()
        if self._folded and self._entered:
            print("::endgroup::", file=sys.stderr, flush=True)

    @property
    def phases(self) -> list[tuple[str, float]]:
        """The phases so far, each with the seconds that it took."""
        ends = [at for _, at in self._entered[1:]]
        ends.append(self._clock() if self._ended_s is None else self._ended_s)
        return [(phase, end - at) for (phase, at), end in zip(self._entered, ends, strict=False)]

    def say(self, line: str) -> None:
        """Tell one line."""
        say(calm(line))

    def show(self, event: Event) -> None:
        """Take an event in."""
        if isinstance(event, Entered):
            again = bool(self._entered)
            self._entered.append((event.phase, self._clock()))
            if self._folded:
                end = "::endgroup::\n" if again else ""
                print(f"{end}::group::{event.phase}", file=sys.stderr, flush=True)
            else:
                self.say(f"phase: {event.phase}")


class LiveProgress(Progress):
    """A view at the bottom of the terminal, and above it the lines as they come."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        from rich.console import Console
        from rich.live import Live

        super().__init__(clock=clock)
        self._planned: tuple[str, ...] = ()
        self._watched: Watched | None = None
        self._live = Live(console=Console(stderr=True), get_renderable=self.view, refresh_per_second=4, transient=True)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        super().__exit__()
        self._live.stop()

    def say(self, line: str) -> None:
        """Tell one line, above the view."""
        from rich.text import Text

        self._live.console.print(Text(f"{time.strftime('%H:%M:%S', time.gmtime())}  {_printable(line)}"))

    def show(self, event: Event) -> None:
        """Take an event in, for the view."""
        match event:
            case Planned():
                self._planned = event.phases
            case Watched():
                self._watched = event
            case Entered():
                self._entered.append((event.phase, self._clock()))
                self._watched = None

    def view(self) -> Text:
        """Phases, and the pods while they are watched."""
        from rich.text import Text

        text = Text()
        took = self.phases
        for phase, seconds in took[:-1]:
            text.append(f" ✓ {phase} {seconds:.0f} s ", "green")
        for phase, seconds in took[-1:]:
            text.append(f" ▶ {phase} {seconds:.0f} s ", "bold")
        done = {phase for phase, _ in took}
        text.append("".join(f" · {phase} " for phase in self._planned if phase not in done), "dim")
        if self._watched is not None:
            for group, states in self._watched.pods.items():
                text.append(f"\n   {group}  ")
                text.append(_states(states))
            text.append(f"\n   {max(0.0, self._watched.left_s):.0f} s left", "dim")
        return text


def choose() -> Progress:
    """A view where somebody watches, lines elsewhere."""
    if os.environ.get("GITHUB_ACTIONS") == "true":
        return Progress(folded=True)
    if sys.stderr.isatty() and os.environ.get("TERM") not in {None, "", "dumb"}:
        return LiveProgress()
    return Progress()


def _states(states: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {state}" for state, count in states.items())


def _printable(line: str) -> str:
    """A line that moves no cursor: an engine's output may hold a pod's words."""
    return "".join(each if each.isprintable() else " " for each in line)
