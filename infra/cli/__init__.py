"""The `rez` command: arguments in, library called, result rendered, exit code out."""

from __future__ import annotations

import signal
import sys

from infra.errors import RezError, Terminated


def _terminated(*_: object) -> None:
    raise Terminated


def main() -> None:
    """Run `rez`; every failure of ours is its message on stderr and its documented exit code."""
    from infra.cli.app import app

    signal.signal(signal.SIGTERM, _terminated)
    try:
        app()
    except RezError as error:
        for line in str(error).splitlines() or [type(error).__name__]:
            print(f"error: {line}", file=sys.stderr)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone: nothing is left to say
        sys.exit(1)
