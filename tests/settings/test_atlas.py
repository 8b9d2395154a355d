from __future__ import annotations

import functools
from typing import Any

import pytest

from infra.errors import SettingsError
from infra.settings import parse

ATLAS = "database.atlas"


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("database.tier", "M20", "database.tier: 'M20' must be 'M30', 'M40', 'M50' or 'M60' (runbook"),
        ("database.backup.enabled", False, "database.backup.enabled: false must be True (runbook"),
        ("database.backup", "off", "database.backup: 'off' must be a section with keys of its own"),
        ("database.backup.restore_window_days", 2, "database.backup.restore_window_days: 2 is below the minimum 7"),
        (
            "database.backup.restore_window_days",
            14,
            "database.backup.keep_hourly_days: 7 is below restore_window_days (14); set at least 14",
        ),
        (f"{ATLAS}.access_cidrs", ["0.0.0.0/0"], f"{ATLAS}.access_cidrs.0: 0.0.0.0/0 lets strangers in; name"),
        (f"{ATLAS}.access_cidrs", ["10.0.0.0/8"], f"{ATLAS}.access_cidrs.0: 10.0.0.0/8 lets strangers in; name"),
        (f"{ATLAS}.access_cidrs", ["::/0"], f"{ATLAS}.access_cidrs.0: ::/0 lets strangers in; name"),
        (f"{ATLAS}.access_cidrs", [], f"{ATLAS}.access_cidrs: nobody could reach the database; name"),
        (f"{ATLAS}.region", "MARS_1", f"{ATLAS}.region: 'MARS_1' must be 'AF_SOUTH_1', "),
        (f"{ATLAS}.nodes", 2, f"{ATLAS}.nodes: 2 must be 3, 5 or 7"),
        (f"{ATLAS}.disk_gb", 600, f"{ATLAS}.disk_gb: 600 is above the 512 GB of M30; set at most 512, or a larger"),
        (f"{ATLAS}.mongodb_major", "5.0", f"{ATLAS}.mongodb_major: '5.0' must be '7.0' or '8.0'"),
        (f"{ATLAS}.org_id", "rez", f"{ATLAS}.org_id: 'rez' must be written like 5f5a1b2c3d4e5f6a7b8c9d0e"),
        (
            f"{ATLAS}.time_zone",
            "Asia/Kolkata",
            f"{ATLAS}.time_zone: Asia/Kolkata is not maintenance.window.time_zone (UTC), so Atlas would begin at 02:00",
        ),
        (
            "maintenance.window.start",
            "02:30",
            "maintenance.window.start: 02:30 is no whole hour, and Atlas knows no other; set the next one",
        ),
        ("database.pool.max", 300, "database.pool.max: (300 + 2) connections x (10 + 1) pods = 3322 is above the 2990"),
    ],
)
def test_what_atlas_could_not_carry_is_one_line(
    config: dict[str, Any], path: str, value: object, expected: str
) -> None:
    *parents, last = path.split(".")
    functools.reduce(lambda section, key: section[key], parents, config)[last] = value
    with pytest.raises(SettingsError) as caught:
        parse(config, stack="production")
    (line,) = caught.value.problems
    assert line.startswith(expected)
