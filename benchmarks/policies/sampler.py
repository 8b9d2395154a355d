"""Looks at a running process from beside, so that the looking does not lengthen the run."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable


class Sampler:
    """Calls a function again and again until the block ends, at least once.

    Args:
        look: Takes one sample.
        every_s: Seconds between two samples.
    """

    def __init__(self, look: Callable[[], None], *, every_s: float) -> None:
        self._look = look
        self._every_s = every_s
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sample)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _sample(self) -> None:
        while True:
            self._look()
            if self._over.wait(self._every_s):
                return
