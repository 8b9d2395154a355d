from __future__ import annotations

import math
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra import quantities

PARSERS = [
    quantities.millicores,
    quantities.memory_bytes,
    quantities.mib,
    quantities.milliseconds,
    quantities.seconds,
    quantities.percent,
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("500m", 500),
        ("1", 1000),
        ("0.5", 500),
        (2, 2000),
        (0.25, 250),
        (10.0, 10_000),
        ("1e3", 1_000_000),
        ("0.0001", 1),
    ],
)
def test_cpu_is_read_as_millicores_rounded_up(text: object, expected: int) -> None:
    assert quantities.millicores(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("512Mi", 512), ("1Gi", 1024), ("50Gi", 51_200), ("1G", 954), ("1048577", 2), (1_048_576, 1), ("1048576000m", 1)],
)
def test_memory_is_read_as_mebibytes_rounded_up(text: object, expected: int) -> None:
    assert quantities.mib(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("300ms", 1), ("45s", 45), ("1h30m", 5400), ("48h", 172_800), ("2d", 172_800)]
)
def test_a_duration_is_read_as_seconds_rounded_up(text: str, expected: int) -> None:
    assert quantities.seconds(text) == expected


@pytest.mark.parametrize("value", ["2026-12-31", "2026-12-31 00:00:00 +0000 UTC", date(2026, 12, 31)])
def test_a_day_is_read_as_people_yaml_and_pulumi_write_it(value: object) -> None:
    assert quantities.day(value) == date(2026, 12, 31)


@pytest.mark.parametrize("value", ["31.12.2026", "2026-13-01", "soon", 20261231.5, None, True])
def test_what_is_no_day_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="is not a day"):
        quantities.day(value)


def test_a_percentage_is_the_number_before_the_sign() -> None:
    assert math.isclose(quantities.percent("0.1%"), 0.1)


@pytest.mark.parametrize("parser", [quantities.milliseconds, quantities.seconds, quantities.percent])
def test_a_bare_number_has_no_unit_and_is_refused(parser: object) -> None:
    with pytest.raises(ValueError, match=r"300 is not a .*; write it like"):
        parser(300)  # type: ignore[operator]


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize(
    "junk", [True, None, "", " ", "5x", "-1", "1e999999999", "٣", [], {}, math.nan, math.inf, 1e300]
)
def test_junk_is_refused_with_the_accepted_form(parser: object, junk: object) -> None:
    with pytest.raises(ValueError, match=r"is not a .*; write it like"):
        parser(junk)  # type: ignore[operator]


def test_a_number_too_long_to_print_is_refused_too() -> None:
    with pytest.raises(ValueError, match="a very large number is not a memory quantity"):
        quantities.mib(10**5000)


@given(st.text() | st.integers() | st.floats() | st.none() | st.binary())
def test_no_parser_raises_anything_but_value_error(value: object) -> None:
    for parser in PARSERS:
        try:
            parser(value)
        except ValueError:
            continue


@given(st.integers(min_value=0, max_value=10**9))
def test_what_is_printed_is_read_back(number: int) -> None:
    assert quantities.millicores(quantities.format_millicores(number)) == number
    assert quantities.mib(quantities.format_mib(number)) == number
    assert quantities.seconds(quantities.format_seconds(number)) == number
    assert quantities.milliseconds(quantities.format_milliseconds(number)) == number


def test_quantities_are_printed_as_the_api_server_stores_them() -> None:
    printed = [quantities.format_millicores(500), quantities.format_millicores(1000), quantities.format_mib(51_200)]
    assert printed == ["500m", "1", "50Gi"]
