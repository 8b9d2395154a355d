"""CPU, memory, durations, percentages and days: parsed and printed in one place.

Every parser takes what Kubernetes or a person writes and raises ``ValueError`` with the value and the accepted form.
Every printer gives the form that the API server itself stores, so that what is declared equals what is read back.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import ROUND_CEILING, Decimal
from typing import Final

MIB: Final = 1024 * 1024

_LONGEST_INTEGER_BITS: Final = 64
_LONGEST_SHOWN: Final = 40

_NUMBER: Final = r"\d{1,15}(?:\.\d{1,9})?(?:[eE][+-]?\d{1,2})?"
_CPU: Final = re.compile(rf"({_NUMBER})(m?)", re.ASCII)
_MEMORY: Final = re.compile(rf"({_NUMBER})(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?", re.ASCII)
_DURATION: Final = re.compile(r"(?:\d{1,9}(?:\.\d{1,6})?(?:ms|s|m|h|d))+", re.ASCII)
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DURATION_PART: Final = re.compile(r"([\d.]+)(ms|s|m|h|d)", re.ASCII)
_PERCENT: Final = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)\s?%", re.ASCII)

_BYTES: Final = {
    "": Decimal(1),
    "m": Decimal("0.001"),
    **{suffix: Decimal(1000) ** power for power, suffix in enumerate("kMGTP", start=1)},
    **{f"{suffix}i": Decimal(1024) ** power for power, suffix in enumerate("KMGTP", start=1)},
}
_MILLISECONDS: Final = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}

_CPU_FORM: Final = "a CPU quantity; write it like 500m or 0.5"
_MEMORY_FORM: Final = "a memory quantity; write it like 512Mi or 1Gi"
_DURATION_FORM: Final = "a duration; write it like 300ms, 45s, 2h or 1h30m"
_DAY_FORM: Final = "a day; write it like 2026-12-31"
_MIDNIGHT: Final = " 00:00:00 +0000 UTC"
_PERCENT_FORM: Final = "a percentage; write it like 0.1% or 80%"


def millicores(value: object) -> int:
    """Thousandths of a core in a Kubernetes CPU quantity, rounded up: ``"500m"`` is 500, ``"1"`` is 1000.

    Raises:
        ValueError: The value is no CPU quantity.
    """
    text = _text(value, _CPU_FORM)
    found = _CPU.fullmatch(text)
    if found is None:
        raise _not(value, _CPU_FORM)
    number, suffix = found.groups()
    return _up(Decimal(number) * (1 if suffix else 1000))


def memory_bytes(value: object) -> int:
    """Bytes in a Kubernetes memory quantity, rounded up: ``"1Ki"`` is 1024, ``"1k"`` is 1000.

    Raises:
        ValueError: The value is no memory quantity.
    """
    text = _text(value, _MEMORY_FORM)
    found = _MEMORY.fullmatch(text)
    if found is None:
        raise _not(value, _MEMORY_FORM)
    number, suffix = found.groups(default="")
    return _up(Decimal(number) * _BYTES[suffix])


def mib(value: object) -> int:
    """Mebibytes in a Kubernetes memory quantity, rounded up: ``"1Gi"`` is 1024.

    Raises:
        ValueError: The value is no memory quantity.
    """
    return -(-memory_bytes(value) // MIB)


def milliseconds(value: object) -> int:
    """Milliseconds in a duration with units, rounded up: ``"300ms"`` is 300, ``"1h30m"`` is 5,400,000.

    Raises:
        ValueError: The value is no duration; a bare number has no unit and is none.
    """
    if not isinstance(value, str) or _DURATION.fullmatch(value) is None:
        raise _not(value, _DURATION_FORM)
    return _up(
        sum((Decimal(number) * _MILLISECONDS[unit] for number, unit in _DURATION_PART.findall(value)), Decimal(0))
    )


def seconds(value: object) -> int:
    """Seconds in a duration with units, rounded up: ``"45s"`` is 45, ``"2h"`` is 7200.

    Raises:
        ValueError: The value is no duration; a bare number has no unit and is none.
    """
    return -(-milliseconds(value) // 1000)


def percent(value: object) -> float:
    """The number of a percentage: ``"0.1%"`` is 0.1.

    Raises:
        ValueError: The value is no percentage; a bare number may be a share of one and is none.
    """
    found = _PERCENT.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise _not(value, _PERCENT_FORM)
    return float(found.group(1))


def format_millicores(value: int) -> str:
    """A CPU quantity as the API server stores it: 500 is ``"500m"``, 1000 is ``"1"``."""
    return f"{value}m" if value % 1000 else str(value // 1000)


def format_mib(value: int) -> str:
    """A memory quantity as the API server stores it: 512 is ``"512Mi"``, 1024 is ``"1Gi"``."""
    for suffix, size in (("Ti", 1024 * 1024), ("Gi", 1024)):
        if value and value % size == 0:
            return f"{value // size}{suffix}"
    return f"{value}Mi"


def format_milliseconds(value: int) -> str:
    """A duration for people: 300 is ``"300ms"``, 2500 is ``"2500ms"``, 45,000 is ``"45s"``."""
    return f"{value}ms" if value % 1000 or not value else format_seconds(value // 1000)


def format_seconds(value: int) -> str:
    """A duration for people: 45 is ``"45s"``, 5400 is ``"1h30m"``; days are left as hours."""
    hours, rest = divmod(value, 3600)
    minutes, left = divmod(rest, 60)
    parts = [f"{number}{unit}" for number, unit in ((hours, "h"), (minutes, "m"), (left, "s")) if number]
    return "".join(parts) or "0s"


def day(value: object) -> date:
    """A day: ``2026-12-31``, also in the form that Pulumi gives a YAML date.

    Raises:
        ValueError: The value is no day.
    """
    if isinstance(value, date):
        return value
    text = value.removesuffix(_MIDNIGHT) if isinstance(value, str) else ""
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise _not(value, _DAY_FORM)


def format_percent(value: float) -> str:
    """A percentage for people: 0.1 is ``"0.1%"``, 80.0 is ``"80%"``."""
    return f"{value:g}%"


def _text(value: object, form: str) -> str:
    """The quantity as text; policies meet numbers too, since JSON has them. A bool is a slip, not a number."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float) or _is_huge(value):
        raise _not(value, form)
    return format(value, "f").rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def _up(number: Decimal) -> int:
    """Round up: nothing may look smaller than it is."""
    return int(number.to_integral_value(rounding=ROUND_CEILING))


def _is_huge(value: object) -> bool:
    """Whether a number is too long to be printed."""
    return isinstance(value, int) and value.bit_length() > _LONGEST_INTEGER_BITS


def _not(value: object, form: str) -> ValueError:
    if _is_huge(value):
        shown = "a very large number"
    else:
        shown = repr(value) if isinstance(value, str | int | float) else type(value).__name__
    return ValueError(f"{shown[:_LONGEST_SHOWN]} is not {form}")
