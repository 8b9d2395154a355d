"""How fast a command line answers: `rez --help` against `kubectl version --client`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from benchmarks.measure import median, run
from infra.local import paths, toolchain

_REPEATS = 11


def main() -> list[str]:
    rez = [str(Path(sys.executable).with_name("rez")), "--help"]
    found = toolchain.locate("kubernetes")
    if found is None:
        raise SystemExit("no kubectl: run `make local` first")
    kubectl = [str(found.path.with_name("kubectl")), "version", "--client"]
    ours, theirs = [], []
    for _ in range(_REPEATS):  # in turns, so that a busy moment of the machine hits both
        ours.append(run(rez, cwd=paths.ROOT, env=os.environ))
        theirs.append(run(kubectl, cwd=paths.ROOT, env=os.environ))
    a, b = median(ours), median(theirs)
    return [
        "| command | median s | min s |",
        "|---|---|---|",
        f"| `rez --help` | {a.wall_s:.3f} | {min(f.wall_s for f in ours):.3f} |",
        f"| `kubectl version --client` | {b.wall_s:.3f} | {min(f.wall_s for f in theirs):.3f} |",
        f"| ratio | {a.wall_s / b.wall_s:.2f} | |",
    ]
