"""What came of planning a revision."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from infra.preview.digest import Digest


@dataclass(frozen=True)
class Plan:
    """What a revision would do.

    Attributes:
        digest: As the engine tells it, None if it told none.
        problems: Lines about settings that cannot work.
        failures: What else went wrong.
        notes: What a reader must know.
    """

    digest: Digest | None = None
    problems: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def also(self, *, problems: Iterable[str] = (), notes: Iterable[str] = ()) -> Plan:
        """The same with more to tell."""
        return replace(self, problems=tuple(dict.fromkeys([*self.problems, *problems])), notes=(*self.notes, *notes))
