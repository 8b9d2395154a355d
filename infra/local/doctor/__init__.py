"""Collects what the system needs and what of it this machine has, as rows; changes nothing."""

from __future__ import annotations

import importlib.metadata
import platform
import re
import sys
from typing import TYPE_CHECKING

from infra.cluster import Cluster
from infra.local import abilities, paths
from infra.local.cluster import lifecycle
from infra.local.doctor.host import machine_rows, package_rows
from infra.local.doctor.in_use import in_use
from infra.local.doctor.lifetimes import lifetime
from infra.local.doctor.plugin_files import plugins
from infra.local.doctor.programs import compiler_rows, tool_row
from infra.local.doctor.rotation import rotation_rows
from infra.local.doctor.row import Row, Status
from infra.local.toolchain.tools import TOOLS
from infra.operations import cache, database
from infra.settings import load
from infra.settings.model import LOCAL

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from infra.local.doctor.in_use import Use
__all__ = ["Row", "collect", "missing"]


def collect(now: datetime) -> list[Row]:
    """Look at everything.

    Args:
        now: The moment by which ends of life and ages of secrets are judged.

    Returns:
        Rows in the order of their groups.
    """
    able = abilities.read()
    rows = [
        *(tool_row(tool) for tool in TOOLS.values()),
        *compiler_rows(),
        *package_rows(able),
        *python_rows(),
    ]
    found = {row.name: row.version for row in rows if row.status == "ok"}
    to_build = not {"pulumi", "kubernetes"} <= found.keys()  # the others take little room
    return [
        *rows,
        *machine_rows(able, to_build=to_build),
        *cluster_rows(now.date()),
        *plugin_rows(),
        *support_rows(in_use(found), now.date()),
        *rotation_rows(now),
    ]


def missing(rows: Iterable[Row]) -> list[Row]:
    """What ``make local`` needs and cannot get by itself."""
    return [row for row in rows if row.status == "missing"]


def python_rows() -> list[Row]:
    """The project's own requirements in the running environment."""
    try:
        wanted = importlib.metadata.requires("rez-infra") or []
    except importlib.metadata.PackageNotFoundError:
        return [Row("python", "rez-infra", "later", "", "absent", "this project", "uv sync --locked")]
    rows = [Row("python", "python", "ok", platform.python_version(), sys.executable, "runs rez")]
    for requirement in wanted:
        name = re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]
        try:
            rows.append(Row("python", name, "ok", importlib.metadata.version(name), "environment", requirement))
        except importlib.metadata.PackageNotFoundError:
            rows.append(Row("python", name, "missing", "", "absent", requirement, "uv sync --locked"))
    return rows


def cluster_rows(today: date) -> list[Row]:
    """Whether the local cluster runs, and what an earlier one left.

    Args:
        today: The day to judge by.
    """
    if running := lifecycle.find():
        version = f"{running.machine.nodes} nodes, {lifecycle.memory_mib(running)} MiB"
        more = "rez local status tells more"
        row = Row("cluster", "local cluster", "ok", version, str(paths.kubeconfig()), "", more)
        return [row, *([] if running.machine.simulated else [database_row(), *cache_rows(today)])]
    if paths.run().exists():
        return [
            Row("cluster", "local cluster", "warning", "stopped", str(paths.run()), "", "make local, or rez local down")
        ]
    return [Row("cluster", "local cluster", "later", "", "absent", "", "make local starts it")]


def database_row() -> Row:
    """How the local database is."""
    found = database.of_stack(load(LOCAL, paths.ROOT))
    status: Status = "ok" if found.get("state") == "IDLE" else "warning"
    return Row("cluster", "local database", status, database.words(found), "local Atlas", "", "rez status")


def cache_rows(today: date) -> list[Row]:
    """How the local cache is, and whether its certificate is about to end; nothing where there is none."""
    found = cache.read(Cluster.connect(kubeconfig=paths.kubeconfig()))
    if not found:
        return []
    soon = cache.certificate_verdict(found, today)
    status: Status = "ok" if found.get("state") == "ok" and not soon else "warning"
    return [Row("cluster", "local cache", status, cache.words(found), "its pods' logs", "", soon or "rez status")]


def plugin_rows() -> list[Row]:
    """Which Pulumi plugins are the official ones and which are ours."""
    rows = []
    for name, plugin in plugins().items():
        if plugin is None:
            rows.append(Row("plugins", name, "later", "", "absent", "Pulumi", "make local puts ours in place"))
        else:
            kind = "official" if plugin.official else "ours, offline"
            rows.append(Row("plugins", name, "ok", plugin.version, f"{kind}: {plugin.path}", "Pulumi"))
    return rows


def support_rows(uses: Iterable[Use], today: date) -> list[Row]:
    """One row for each part in use whose security fixes have ended or soon will.

    Args:
        uses: Product, version, where it is used.
        today: The day to judge by.
    """
    known = [(use, line) for use in uses if (line := lifetime(use[0], use[1]))]
    return [
        Row("support", product, "warning", version, line.source, purpose, verdict)
        for (product, version, purpose), line in known
        if (verdict := line.verdict(today))
    ]
