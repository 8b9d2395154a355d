"""Where the engine starts the program: what a person can repair is said in lines, not in a trace."""

from __future__ import annotations

import sys

import pulumi

from infra.errors import REFUSED, RezError
from infra.program import main

_ALREADY_EXPLAINED = 32
"""The exit code by which the language host knows that the reason has been shown."""


async def _explained() -> None:
    try:
        await main()
    except RezError as error:
        for line in str(error).splitlines():
            pulumi.log.error(REFUSED + line)
        sys.exit(_ALREADY_EXPLAINED)


if __name__ == "__main__":
    pulumi.run(_explained)
