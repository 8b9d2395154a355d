"""Where real nodes can live."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from infra.errors import PreconditionError

_HIDDEN: Final = ("/run", "/var/lib", "/var/log")
_SOCKET_BYTES: Final = 107
"""The longest path of a socket on Linux: 108 bytes with the zero at its end."""
_LONGEST_SOCKET: Final = "/node1/kubelet/pod-resources/kubelet.sock"


def refuse_unfit(folder: Path) -> None:
    """Refuse a run folder in which nodes would never become ready.

    Args:
        folder: Absolute and resolved.

    Raises:
        PreconditionError: The nodes hide it behind folders of their own, or its path is too long.
    """
    hidden = next((h for h in _HIDDEN if folder.is_relative_to(h) or folder.is_relative_to(Path(h).resolve())), None)
    if hidden:
        raise PreconditionError(
            f"{folder} lies below {hidden}, which the nodes keep for themselves: set REZ_RUN elsewhere"
        )
    length, most = len(os.fsencode(folder)), _SOCKET_BYTES - len(_LONGEST_SOCKET)
    if length > most:
        raise PreconditionError(
            f"{folder} has {length} bytes, but the nodes' sockets below it leave room for {most}: "
            "set REZ_RUN to a shorter path"
        )
