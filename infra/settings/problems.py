"""One line for each field that is wrong: field, value, bound, remedy."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, get_args

from infra import quantities
from infra.settings.units import Section, yaml_key
from infra.text import line

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails

_LONGEST_VALUE: Final = 60
_LONGEST_INTEGER_BITS: Final = 64

_PRINTERS: Final[dict[str, Callable[[Any], str]]] = {
    "_millicores": quantities.format_millicores,
    "_mib": quantities.format_mib,
    "_ms": quantities.format_milliseconds,
    "_s": quantities.format_seconds,
    "_percent": quantities.format_percent,
}

_BOUNDS: Final = {
    "greater_than_equal": ("ge", "below the minimum", "set at least"),
    "less_than_equal": ("le", "above the maximum", "set at most"),
    "greater_than": ("gt", "not above", "set more than"),
    "less_than": ("lt", "not below", "set less than"),
}
_EXPECTED: Final = {
    "int_type": "a whole number",
    "float_type": "a number",
    "string_type": "text; put it in quotes",
    "tuple_type": "a list",
    "model_type": "a section with keys of its own",
    "model_attributes_type": "a section with keys of its own",
    "dict_type": "a section with keys of its own",
}


def field_problem(problem: ErrorDetails, root: type[Section]) -> str:
    """Say one problem in one line.

    Args:
        problem: What pydantic found.
        root: The model that it validated.

    Returns:
        ``field: value is wrong by this bound (source); remedy``. The value of an unknown key is not shown: it may be a
        secret.
    """
    path = ".".join(line(part, limit=None) or "''" for part in problem["loc"])
    owner, name, field = _find(problem["loc"], root)
    kind, context = problem["type"], problem.get("ctx", {})
    if kind == "missing":
        return f"{path}: missing; add it to the stack file{_source(field)}"
    if kind == "extra_forbidden":
        return f"{path}: unknown key; {_suggestion(str(problem['loc'][-1]), owner)}"
    if kind in _BOUNDS:
        bound, wrong, remedy = _BOUNDS[kind]
        limit = _printed(name, context[bound])
        return f"{path}: {_shown(problem['input'], name)} is {wrong} {limit}{_source(field)}; {remedy} {limit}"
    if kind == "value_error":
        return f"{path}: {line(context['error'], limit=None)}{_source(field)}"
    wanted = _EXPECTED.get(kind) or _wanted(kind, context, problem["msg"], field)
    return f"{path}: {_shown(problem['input'])} must be {wanted}{_source(field)}"


def _find(loc: tuple[int | str, ...], root: type[Section]) -> tuple[type[Section], str, FieldInfo | None]:
    """The section that holds the place, the field's name in code, and the field; all as deep as the models go."""
    owner: type[Section] = root
    name, field = "", None
    for part in loc:
        names = {yaml_key(known): known for known in owner.model_fields}
        if part not in names:
            return owner, name, field if isinstance(part, int) else None
        name = names[str(part)]
        field = owner.model_fields[name]
        owner = _section(field.annotation) or owner
    return owner, name, field


def _section(annotation: Any) -> type[Section] | None:
    """The section that a field holds, also one that may be left out."""
    kinds = (annotation, *get_args(annotation))
    return next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Section)), None)


def _printed(name: str, number: Any) -> str:
    for suffix, printer in _PRINTERS.items():
        if name.endswith(suffix):
            return printer(number)
    return str(number)


def _wanted(kind: str, context: Mapping[str, Any], message: str, field: FieldInfo | None) -> str:
    if kind == "literal_error":
        return f"{context['expected']}"
    if kind == "string_pattern_mismatch" and field is not None and field.examples:
        return f"written like {field.examples[0]}"
    return f"valid ({line(message, limit=None)})"


def _source(field: FieldInfo | None) -> str:
    return f" ({field.description})" if field is not None and field.description else ""


def _suggestion(key: str, owner: type[Section]) -> str:
    known = [yaml_key(name) for name in owner.model_fields if name != "stack"]
    near = difflib.get_close_matches(key[:_LONGEST_VALUE], known, n=1)
    return f"did you mean {near[0]}?" if near else f"remove it (known here: {', '.join(known)})"


def _shown(value: object, name: str = "") -> str:
    """A scalar in short, with the unit of the field if it has one; of anything larger only what it is."""
    if isinstance(value, str):
        return repr(value if len(value) <= _LONGEST_VALUE else value[:_LONGEST_VALUE] + "...")
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and value.bit_length() > _LONGEST_INTEGER_BITS:
        return "a very large number"
    if isinstance(value, int | float):
        return _printed(name, value)
    return "a section" if isinstance(value, Mapping) else f"a {type(value).__name__}"
