"""The engine where it takes fields over from other field managers, which it does for nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infra.engine.engine import Engine
from infra.errors import PreconditionError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infra.engine.process import OnLine

_TAKE_OVER = {"PULUMI_K8S_ENABLE_PATCH_FORCE": "true"}
"""Makes the Kubernetes provider, the official one as ours, take fields over from other managers."""


class TakingEngine(Engine):
    """The engine on one stack, as `Engine`."""

    def state(self) -> dict[str, Any]:
        """The stack's state, secrets encrypted.

        Raises:
            PreconditionError: There is no such stack.
            RezError: The backend does not answer, or does not let us in.
        """
        state = self._export()
        if state is None:
            raise PreconditionError(f"stack {self.stack}: the backend knows no such stack; bring it up first")
        return state

    def plan_back(self, targets: Sequence[str], on_line: OnLine | None, *, refresh: bool = True) -> str:
        """Plan to bring objects to what is declared, also in fields that others hold; touches nothing.

        Args:
            targets: URNs.
            on_line: Called with each line of the engine's output.
            refresh: Look at the live objects first: by the state alone the official provider finds nothing to change.

        Returns:
            The plan, as `preview` gives it.

        Raises:
            RezError: As `run`.
        """
        look = ["--refresh"] if refresh else []
        return self._judged(["preview", *look, *self._options(targets)], env=_TAKE_OVER, on_line=on_line)

    def take_back(self, targets: Sequence[str], on_line: OnLine | None) -> None:
        """Bring objects to what is declared, as `plan_back` told.

        Args:
            targets: URNs.
            on_line: Called with each line of the engine's output.

        Raises:
            RezError: As `run`.
        """
        options = ["--yes", "--skip-preview", "--refresh", *self._options(targets)]
        self._judged(["up", *options], env=_TAKE_OVER, on_line=on_line)
