"""The programs the local system is made of: found where they are installed, else built once from locked sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.local.toolchain import compiler
from infra.local.toolchain.build import build
from infra.local.toolchain.find import Found, locate
from infra.local.toolchain.tools import TOOLS, Tool

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

__all__ = ["TOOLS", "Found", "Tool", "ensure", "locate"]


def ensure(names: Sequence[str], say: Callable[[str], None]) -> dict[str, Path]:
    """Make sure that tools are there, building what is absent.

    Args:
        names: Keys of ``TOOLS``; built in this order.
        say: Takes one line of progress.

    Returns:
        The executable of each tool. A tool of several commands has all of them in that folder.

    Raises:
        RezError: A build failed, or Go is absent and could not be installed.
    """
    found = {name: locate(name) for name in names}
    if absent := [name for name in names if found[name] is None]:
        go = compiler.find(say)
        for name in absent:
            build(TOOLS[TOOLS[name].built_by or name], go, say)
            found[name] = locate(name)
    return {name: tool.path for name, tool in found.items() if tool}
