"""One line of what `rez doctor` says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["ok", "later", "warning", "missing"]


@dataclass(frozen=True)
class Row:
    """One thing that was looked for.

    Attributes:
        group: Heading: tools, packages, python, machine, cluster, plugins, support, secrets.
        name: What it is.
        status: There; made by ``make local`` itself; works, but read on; or what ``make local`` cannot do without.
        version: Found version or value, "" if absent.
        source: From where: PATH, cache, a package manager, a folder.
        purpose: What it is for.
        remedy: How to get it, or what to do about it.
    """

    group: str
    name: str
    status: Status
    version: str = ""
    source: str = ""
    purpose: str = ""
    remedy: str = ""
