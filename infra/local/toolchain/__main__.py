"""`python -m infra.local.toolchain TOOL ARGUMENT…`: become one of the tools, which is built first if it is absent."""

from __future__ import annotations

import os
import sys

from infra.errors import PreconditionError, RezError
from infra.local.toolchain import TOOLS, ensure


def main(arguments: list[str]) -> None:
    """Replace this process by the tool; returns only by an exception.

    Args:
        arguments: The tool's name and its own arguments.

    Raises:
        PreconditionError: There is no such tool.
        RezError: It cannot be built.
    """
    name, *rest = arguments or [""]
    if name not in TOOLS:
        raise PreconditionError(f"{name or 'no tool'}: name one of {', '.join(TOOLS)}")
    path = ensure([name], lambda line: print(line, file=sys.stderr))[name]
    os.execv(path, [name, *rest])  # noqa: S606 - a path of ours, and no shell


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except RezError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
