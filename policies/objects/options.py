"""What a Pulumi program says about a resource beside its properties."""

from __future__ import annotations

from typing import NamedTuple


class Options(NamedTuple):
    """A resource's options, as far as an input carries them.

    Attributes:
        protect: Whether the engine refuses to delete it.
        ignore_changes: Property paths whose changes the engine leaves alone.
        retain_on_delete: Whether the engine forgets it rather than delete it; None where the input does not say.
    """

    protect: bool = False
    ignore_changes: tuple[str, ...] = ()
    retain_on_delete: bool | None = None
