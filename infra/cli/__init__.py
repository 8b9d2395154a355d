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


def _open_streams() -> None:
    """Give what was closed by our caller (`>&-`) an end that takes everything, or gives nothing.

    The descriptors of what is closed are free, and the next file that is opened would get what is meant for them.
    """
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        if getattr(sys, name) is None:
            opened = os.open(os.devnull, os.O_RDWR)
            os.dup2(opened, number)
            if opened != number:
                os.close(opened)
            setattr(sys, name, os.fdopen(number, mode, closefd=False))


def main() -> None:
    """Run `rez`; every failure of ours is its message on stderr and its documented exit code."""
    _open_streams()
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
