"""Runs one Pulumi program, as a script under the project's own interpreter: `execute.py SETTINGS PROGRAM [ARGS]`."""

from __future__ import annotations

import asyncio
import json
import logging
import runpy
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pulumi
import pulumi.runtime

SHOWN = 32
"""Exit code: the program failed, and the reason has been shown."""


def configure(settings: dict[str, object]) -> None:
    """Connect the SDK to the engine, with the configuration that the environment carries."""
    pulumi.runtime.set_all_config(pulumi.runtime.get_config_env(), pulumi.runtime.get_config_secret_keys_env())
    pulumi.runtime.configure(pulumi.runtime.Settings(**settings))  # type: ignore[arg-type]


def run(program: str, parallel: int) -> int:
    """Run the program to the end of its last resource and return the exit code."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    executor = ThreadPoolExecutor(max_workers=max(parallel, 1) * 4)
    loop.set_default_executor(executor)
    try:
        loop.run_until_complete(pulumi.runtime.run_in_stack(lambda: _run_main(program)))
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
        return 1
    except Exception:  # noqa: BLE001 - whatever the program raises is shown as its failure
        pulumi.log.error("Program failed with an unhandled exception:\n" + _program_traceback(program))
        return SHOWN
    finally:
        executor.shutdown(wait=True)
        loop.close()
    return 0


def _run_main(program: str) -> None:
    runpy.run_path(program, run_name="__main__")


def _program_traceback(program: str) -> str:
    """The traceback from the program's own first frame on."""
    main = Path(program).resolve()
    main = main / "__main__.py" if main.is_dir() else main
    kind, error, whole = sys.exc_info()
    trace = whole
    while trace and Path(trace.tb_frame.f_code.co_filename).resolve() != main:
        trace = trace.tb_next
    return "".join(traceback.format_exception(kind, error, trace or whole))


if __name__ == "__main__":
    options = json.loads(sys.argv[1])
    sys.argv = sys.argv[2:]
    sys.path[0] = str(Path.cwd())
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    configure(options)
    sys.exit(run(sys.argv[0], options["parallel"]))
