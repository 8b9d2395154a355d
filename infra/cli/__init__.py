"""The `rez` command: arguments in, library called, result rendered, exit code out."""

from __future__ import annotations

import errno
import os
import signal
import sys

from infra.errors import RezError, Terminated


def _terminated(*_: object) -> None:
    raise Terminated


def _close_output() -> None:
    """Let what is still to be written go nowhere, so that the interpreter's end has nothing to complain about."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main() -> None:
    """Run `rez`; every failure of ours is its message on stderr and its documented exit code."""
    signal.signal(signal.SIGTERM, _terminated)
    try:
        from infra.cli.app import app

        try:
            app()
        finally:
            sys.stdout.flush()  # here and not at the interpreter's end, where a failure cannot be dealt with
    except RezError as error:
        for line in str(error).splitlines() or [type(error).__name__]:
            print(f"error: {line}", file=sys.stderr)
        sys.exit(error.exit_code)
    except BrokenPipeError:  # the reader of our output has gone: nothing is left to say
        _close_output()
        sys.exit(1)
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        print(f"error: {error.filename or 'output'}: {error.strerror}; make room and repeat", file=sys.stderr)
        _close_output()
        sys.exit(1)
    except KeyboardInterrupt:  # before the command itself ran
        sys.exit(130)
