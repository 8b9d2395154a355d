from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from infra import authority
from infra.cli.secret import app
from infra.engine import Engine


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What was put into the stack file."""
    found: dict[str, str] = {}
    monkeypatch.setattr(Engine, "set_secret", lambda _, name, value: found.update({name: value}))
    return found


def test_another_certificate_is_set_with_its_authority_and_never_shown(kept: dict[str, str]) -> None:
    done: Any = CliRunner().invoke(app, ["certificate", "--stack", "local", "--days", "30"])
    assert done.exit_code == 0
    last_day = datetime.now(UTC) + timedelta(days=30)
    assert f"are set in Pulumi.local.yaml, valid until {last_day:%Y-%m-%d}" in done.stdout
    assert "PRIVATE KEY" not in done.output
    assert list(kept) == ["REDIS_CA", "REDIS_CERTIFICATE"]
    assert "PRIVATE KEY" not in kept["REDIS_CA"]
    for value in kept.values():
        ends = authority.expires(value)
        assert ends is not None
        assert abs(ends - last_day) < timedelta(minutes=5)


def test_a_dry_run_sets_nothing(kept: dict[str, str]) -> None:
    done: Any = CliRunner().invoke(app, ["certificate", "--stack", "local", "--dry-run"])
    assert (done.exit_code, kept) == (0, {})
    assert "would be set" in done.stdout
