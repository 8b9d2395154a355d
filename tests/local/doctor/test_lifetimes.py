"""Ends of life, with the day passed in."""

from __future__ import annotations

from datetime import date

import pytest

from infra.local.doctor.lifetimes import LIFETIMES, lifetime


@pytest.mark.parametrize(
    ("product", "version", "cycle"),
    [
        ("Kubernetes", "1.35.4", "1.35"),
        ("Node.js", "18", "18"),
        ("Node.js", "18.20.4", "18"),
        ("containerd", "1.6.20~ds1-1+deb12u3", "1.6"),
        ("Python", "3.11.7", "3.11"),
        ("Kubernetes Dashboard", "", ""),
    ],
)
def test_a_version_belongs_to_its_line_of_releases(product: str, version: str, cycle: str) -> None:
    line = lifetime(product, version)
    assert line is not None
    assert line.cycle == cycle


@pytest.mark.parametrize(
    ("product", "version"), [("Kubernetes", "1.3"), ("Node.js", "180.1"), ("Emacs", "29"), ("etcd", "")]
)
def test_what_is_not_known_is_not_judged(product: str, version: str) -> None:
    assert lifetime(product, version) is None


@pytest.mark.parametrize(
    ("today", "verdict"),
    [
        (date(2024, 11, 1), ""),
        (date(2025, 2, 1), "Node.js 18 gets security fixes only until 2025-04-30: set the runtime to 24"),
        (date(2025, 4, 30), "Node.js 18 gets security fixes only until 2025-04-30: set the runtime to 24"),
        (date(2025, 5, 1), "Node.js 18 has had no security fixes since 2025-04-30: set the runtime to 24"),
    ],
)
def test_the_warning_comes_ninety_days_early(today: date, verdict: str) -> None:
    line = lifetime("Node.js", "18")
    assert line is not None
    assert line.verdict(today) == verdict


def test_a_line_without_an_announced_end_is_not_warned_of() -> None:
    line = lifetime("etcd", "3.6.16")
    assert line is not None
    assert line.verdict(date(2099, 1, 1)) == ""


def test_every_line_names_its_source_and_what_to_do() -> None:
    assert all(line.source and line.instead for line in LIFETIMES)
    assert len({(line.product, line.cycle) for line in LIFETIMES}) == len(LIFETIMES)
