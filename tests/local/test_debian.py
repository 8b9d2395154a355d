"""System packages: detection, and an installation that leaves the machine as it was."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from infra.errors import PreconditionError, RezError
from infra.local import debian


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine of little scripts: apt-get "installs" by putting a command on PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(debian, "PACKAGES", {"containerd": "rez-containerd", "socat": "rez-socat"})
    monkeypatch.setattr(debian, "POLICY", tmp_path / "policy-rc.d")
    monkeypatch.setattr(debian, "is_there", lambda witness: (tmp_path / witness).exists())
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    apt = f"""echo "$DEBIAN_FRONTEND $@" >> {tmp_path}/calls
    {tmp_path}/policy-rc.d containerd start; echo "may start: $?" >> {tmp_path}/calls
    for package in "$@"; do echo > {tmp_path}/rez-$package; done"""
    _script(tmp_path / "apt-get", apt)
    return tmp_path


def _script(file: Path, body: str) -> None:
    file.write_text(f"#!/bin/sh\n{body}\n")
    file.chmod(0o755)


def test_everything_is_there_when_its_command_is(machine: Path) -> None:
    (machine / "rez-socat").touch()
    assert debian.missing() == ["containerd"]
    (machine / "rez-containerd").touch()
    assert debian.missing() == []


def test_a_command_in_sbin_counts_even_where_path_leaves_it_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    somewhere = next(
        file for folder in ("/usr/sbin", "/sbin") for file in sorted(Path(folder).iterdir()) if _runs(file)
    )
    assert debian.is_there(somewhere.name)
    assert not debian.is_there("rez-no-such-command")


def _runs(file: Path) -> bool:
    return file.is_file() and os.access(file, os.X_OK)


def test_only_what_is_missing_is_installed_without_questions_or_services(machine: Path) -> None:
    (machine / "rez-socat").touch()
    said: list[str] = []
    debian.install(said.append)
    assert (machine / "calls").read_text().splitlines() == [
        "noninteractive --quiet --option DPkg::Lock::Timeout=120 update",
        "may start: 101",
        "noninteractive --quiet --option DPkg::Lock::Timeout=120 install --yes --no-install-recommends containerd",
        "may start: 101",
    ]
    assert said == ["installing containerd: usually 30 s"]
    assert not (machine / "policy-rc.d").exists()


def test_nothing_missing_nothing_done(machine: Path) -> None:
    for name in ("rez-socat", "rez-containerd"):
        (machine / name).touch()
    debian.install(pytest.fail)
    assert not (machine / "calls").exists()


def test_the_machines_own_service_policy_is_kept(machine: Path) -> None:
    _script(machine / "policy-rc.d", "exit 104")
    before = (machine / "policy-rc.d").read_text()
    debian.install(lambda _: None)
    assert "may start: 104" in (machine / "calls").read_text()
    assert (machine / "policy-rc.d").read_text() == before


def test_a_policy_that_a_killed_run_left_is_removed(machine: Path) -> None:
    (machine / "policy-rc.d").write_text(debian._OURS)
    debian.install(lambda _: None)
    assert not (machine / "policy-rc.d").exists()


def test_a_failure_shows_apts_last_lines_and_restores_the_machine(machine: Path) -> None:
    _script(machine / "apt-get", "echo E: no such release; exit 100")
    with pytest.raises(RezError, match="apt-get update ended with 100:\nE: no such release"):
        debian.install(lambda _: None)
    assert not (machine / "policy-rc.d").exists()


def test_a_containerd_that_was_there_before_still_starts_at_boot(machine: Path) -> None:
    _script(machine / "systemctl", f'echo "$@" >> {machine}/services')
    (machine / "rez-containerd").touch()
    debian.install(lambda _: None)
    assert not (machine / "services").exists()


def test_a_containerd_that_we_installed_does_not_start_at_boot(machine: Path) -> None:
    _script(machine / "systemctl", f'echo "$@" >> {machine}/services')
    debian.install(lambda _: None)
    assert (machine / "services").read_text() == "disable --quiet containerd\n"


def test_without_root_the_command_to_type_is_named(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(PreconditionError, match="as root, or install them: apt-get install containerd socat"):
        debian.install(lambda _: None)
    assert not (machine / "calls").exists()


def test_elsewhere_than_on_debian_what_is_needed_is_named(machine: Path) -> None:
    (machine / "apt-get").unlink()
    with pytest.raises(PreconditionError, match="real nodes need containerd socat, and this machine has no apt-get"):
        debian.install(lambda _: None)


def test_versions_are_those_of_installed_packages(machine: Path) -> None:
    answer = "installed containerd 1.6.20~ds1\\nconfig-files socat 1.7\\n"
    _script(machine / "dpkg-query", f"printf '{answer}'; exit 1")
    assert debian.versions() == {"containerd": "1.6.20~ds1"}


def test_no_versions_without_dpkg(machine: Path) -> None:
    assert debian.versions() == {}
