"""`make local` from nothing (no tools, no Go caches) and warm (tools cached, nothing running)."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from pathlib import Path

from infra.local import paths


def _timed(env: dict[str, str]) -> float:
    began = time.perf_counter()
    subprocess.run(["make", "local"], cwd=paths.ROOT, env=env, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def _down(env: dict[str, str]) -> None:
    subprocess.run(["make", "local-down"], cwd=paths.ROOT, env=env, check=True)


def cold() -> list[str]:
    """Once, with caches of its own that are removed afterwards: it builds every tool."""
    with tempfile.TemporaryDirectory(prefix="rez-cold-") as folder:
        go = {"GOCACHE": f"{folder}/go-build", "GOMODCACHE": f"{folder}/go-mod", "GOFLAGS": "-modcacherw"}
        env = os.environ | go | {"REZ_CACHE": f"{folder}/cache", "REZ_RUN": f"{folder}/run"}
        seconds = _timed(env)
        _down(env)
    return [f"- cold: {seconds / 60:.1f} min (aim: 20 min on 2 cores)"]


def warm() -> list[str]:
    """Three starts from a stopped system, and one of a system that already runs."""
    with tempfile.TemporaryDirectory(prefix="rez-warm-") as folder:
        env = os.environ | {"REZ_RUN": str(Path(folder) / "run")}
        starts = []
        for _ in range(3):
            starts.append(_timed(env))
            again = _timed(env)
            _down(env)
    return [
        f"- warm: median {sorted(starts)[1]:.0f} s of {', '.join(f'{s:.0f}' for s in starts)} (aim: 60 s)",
        f"- already running: {again:.0f} s",
    ]
