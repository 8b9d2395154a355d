"""What every section of the settings is made of: the frozen base model and the types that carry a unit."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict

from infra import quantities

Millicores = Annotated[int, BeforeValidator(quantities.millicores)]
"""Thousandths of a CPU core, written like ``500m``."""

Mebibytes = Annotated[int, BeforeValidator(quantities.mib)]
"""Memory or disk, written like ``512Mi`` or ``50Gi``."""

Seconds = Annotated[int, BeforeValidator(quantities.seconds)]
"""A duration, written like ``45s``, ``2h`` or ``1h30m``."""

Milliseconds = Annotated[int, BeforeValidator(quantities.milliseconds)]
"""A short duration, written like ``300ms`` or ``1s``."""

Percent = Annotated[float, BeforeValidator(quantities.percent)]
"""A percentage, written like ``0.1%``."""

UNITS: Final = ("_millicores", "_mib", "_ms", "_s", "_percent")
"""Suffixes that a field has in code, where it is a plain number, and not in YAML, where the value has the unit."""


def yaml_key(field: str) -> str:
    """The key of a field in the stack file: its name without the unit."""
    for unit in UNITS:
        if field.endswith(unit):
            return field.removesuffix(unit)
    return field


class Section(BaseModel):
    """A part of the settings: frozen, strict about types, and without room for keys nobody reads."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        alias_generator=yaml_key,
        allow_inf_nan=False,
    )
