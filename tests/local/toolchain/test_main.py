"""`python -m infra.local.toolchain`: a tool by its name, built when it is absent."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.local.paths import ROOT

Script = Callable[..., Path]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "infra.local.toolchain", *arguments],
        cwd=ROOT,
        env=dict(os.environ),
        text=True,
        capture_output=True,
        timeout=60,
        check=False,
    )


def test_a_tool_takes_its_arguments_and_gives_its_exit_code(script: Script) -> None:
    script("actionlint", 'if [ "$1" = -version ]; then echo v1.7.12; exit; fi; echo "got $*"; exit 3')
    done = run("actionlint", "-oneline", "a file.yml")
    assert (done.returncode, done.stdout, done.stderr) == (3, "got -oneline a file.yml\n", "")


def test_an_absent_tool_is_built_first(script: Script) -> None:
    body = 'while [ "$1" != -o ]; do shift; done; printf \'#!/bin/sh\\necho it runs\\n\' > "$2"; /bin/chmod +x "$2"'
    script("go", f"case $1 in env) echo go1.99.0 ;; build) {body} ;; esac")
    done = run("actionlint")
    assert (done.returncode, done.stdout) == (0, "it runs\n")
    assert "building actionlint" in done.stderr


@pytest.mark.parametrize(("arguments", "named"), [(["nope"], "nope"), ([], "no tool")])
def test_an_unknown_tool_is_refused_with_those_there_are(script: Script, arguments: list[str], named: str) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {named}: name one of pulumi, ")
