"""A `pulumi` on PATH that notes how it was called and answers as told."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = """#!/bin/sh
if [ "$1" = version ]; then echo v3.259.0; exit; fi
echo "$*" >> '{folder}/calls'
env > '{folder}/environment'
previous=
for argument; do
  if [ "$previous" = --event-log ]; then log=$argument; fi
  previous=$argument
done
if [ -n "$log" ] && [ -f '{folder}/events' ]; then cat '{folder}/events' > "$log"; fi
{body}
"""


@dataclass(frozen=True)
class Fake:
    """The engine that is not one."""

    folder: Path

    def does(self, body: str, *events: dict[str, Any]) -> None:
        """Run this shell text at every call, after having logged these events."""
        (self.folder / "events").write_text("".join(json.dumps(e) + "\n" for e in events))
        script = self.folder / "pulumi"
        script.write_text(SCRIPT.format(folder=self.folder, body=body))
        script.chmod(0o755)

    @property
    def calls(self) -> list[str]:
        file = self.folder / "calls"
        return file.read_text().splitlines() if file.exists() else []

    @property
    def environment(self) -> dict[str, str]:
        lines = (self.folder / "environment").read_text().splitlines()
        return dict(line.split("=", maxsplit=1) for line in lines if "=" in line)


@pytest.fixture
def pulumi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fake:
    for name in ("PULUMI_HOME", "PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE", "PULUMI_OPTION_POLICY_PACK"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "official"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("REZ_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("REZ_RUN", str(tmp_path / "run"))
    fake = Fake(folder)
    fake.does("exit 0")
    return fake
