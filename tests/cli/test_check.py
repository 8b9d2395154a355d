"""`rez check` and `rez policies` as a person runs them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

REZ = str(Path(sys.executable).with_name("rez"))
BAD = "apiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: x}\nspec: {type: NodePort}\n"
GOOD = "apiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: x}\nspec: {type: ClusterIP}\n"


def rez(*args: str, text: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run([REZ, *args], input=text, text=True, capture_output=True, timeout=60, check=False)


@pytest.mark.parametrize(("text", "code"), [(BAD, 4), (GOOD, 0), (GOOD + "---\na: [", 2), (BAD + "---\na: [", 4)])
def test_exit_code_tells_how_it_ended(text: str, code: int) -> None:
    assert rez("check", "-", text=text).returncode == code


@pytest.mark.parametrize(
    "args", [("check",), ("check", "/nowhere"), ("check", "-", "--state", "x"), ("check", "-", "--format", "xml")]
)
def test_bad_usage_is_one_line_and_exit_code_2(args: tuple[str, ...]) -> None:
    done = rez(*args)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)


def test_json_is_all_there_is_on_stdout() -> None:
    found = json.loads(rez("check", "-", "--format", "json", text=BAD).stdout)
    assert [each["rule"] for each in found["findings"]] == ["service-exposed"]


def test_offline_check_imports_nothing_of_pulumi() -> None:
    code = (
        "import sys, infra.cli; sys.argv = ['rez', 'check', '-']\n"
        "try: infra.cli.main()\nexcept SystemExit: pass\n"
        "heavy = {'pulumi', 'kubernetes', 'pydantic', 'grpc', 'google'} & set(sys.modules)\nassert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", code], input=BAD, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_rules_are_listed_and_explained() -> None:
    listed = json.loads(rez("policies", "list", "--json").stdout)["rules"]
    assert len(listed) > 40
    assert "1000m" in rez("policies", "explain", "deployment-cpu-limit").stdout
    done = rez("policies", "explain", "deployment-cpu-limt")
    assert (done.returncode, "did you mean deployment-cpu-limit" in done.stderr) == (2, True)
