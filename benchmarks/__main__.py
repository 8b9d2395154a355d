"""`python -m benchmarks [NAME…]`: measure and print Markdown; without names those of `make bench`."""

from __future__ import annotations

import sys

from benchmarks import cli, killed, loaded, local, preview, stack
from benchmarks.cache import deaths
from benchmarks.policies import alarms, engine, speed
from benchmarks.rollout import speed as rollout
from benchmarks.rollout import watching

_ALL = {"cli": cli.main, "stack": stack.main, "warm": local.warm, "cold": local.cold}
_ALL |= {"preview": preview.main, "policies": speed.main, "alarms": alarms.main, "policies-engine": engine.main}
_ALL |= {"rollout": rollout.main, "watching": watching.main, "killed": killed.main, "load": loaded.main}
_ALL |= {"cache": deaths.main}


def main() -> None:
    """Run the named benchmarks."""
    names = sys.argv[1:] or ["cli", "stack", "warm"]
    if unknown := [n for n in names if n not in _ALL]:
        sys.exit(f"no benchmark {', '.join(unknown)}: there are {', '.join(_ALL)}")
    for name in names:
        print(f"\n## {name}\n", *_ALL[name](), sep="\n", flush=True)


main()
