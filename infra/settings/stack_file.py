"""From a stack's config to settings, or to every reason why it cannot be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import yaml
from pydantic import ValidationError

from infra.errors import PreconditionError, SettingsError
from infra.settings import checks
from infra.settings.inventory import CONFIG_KEY
from infra.settings.model import Settings
from infra.settings.problems import field_problem
from infra.settings.units import Section, yaml_key
from infra.text import unreadable

if TYPE_CHECKING:
    from pathlib import Path

PROJECT: Final = "rez-infra"
_STACK: Final = re.compile(r"[A-Za-z0-9_.-]{1,100}")
"""As Pulumi takes it; it is a part of file names."""


def file_of(stack: str) -> str:
    """The name of a stack's file.

    Raises:
        PreconditionError: No stack can be called so.
    """
    if not _STACK.fullmatch(stack):
        raise PreconditionError(f"stack: {stack!r} is no name of a stack: give one of letters, digits, -, _ and dots")
    return f"Pulumi.{stack}.yaml"


def parse(config: Mapping[str, object], *, stack: str) -> Settings:
    """Validate a stack's config.

    Args:
        config: Sections by their key, without the ``rez-infra:`` prefix and without the secrets.
        stack: The stack's name.

    Returns:
        Settings that can work.

    Raises:
        SettingsError: With every problem, one line each: field, value, bound, remedy.
    """
    data = {**config, "stack": stack}
    lines: list[str] = []
    settings: Settings | None = None
    if "stack" in config:
        lines.append("stack: is no setting; remove it from the stack file, its name is the stack's")
    try:
        settings = Settings.model_validate(data)
    except ValidationError as error:
        lines.extend(field_problem(problem, Settings) for problem in error.errors(include_url=False))
    lines.extend(checks.problems(_valid_parts(Settings, data, "", {"stack": stack})))
    if lines or settings is None:
        raise SettingsError(lines)
    return settings


def load(stack: str, root: Path) -> Settings:
    """Read and validate ``Pulumi.<stack>.yaml``; secrets are left out.

    Args:
        stack: The stack's name.
        root: The folder of ``Pulumi.yaml``.

    Returns:
        Settings that can work.

    Raises:
        SettingsError: There is no such file, it is no YAML, or its settings cannot work.
    """
    config = _config(stack, root)
    plain = plain_secrets(config.get(f"{PROJECT}:{CONFIG_KEY}"), file_of(stack), stack)
    try:
        settings = parse(own_sections(config), stack=stack)
    except SettingsError as error:
        raise SettingsError(error.problems + plain) from None
    if plain:
        raise SettingsError(plain)
    return settings


def secret_names(stack: str, root: Path) -> set[str]:
    """Names of the secrets whose values are in ``Pulumi.<stack>.yaml``.

    Args:
        stack: The stack's name.
        root: The folder of ``Pulumi.yaml``.

    Raises:
        SettingsError: There is no such file, or it is no YAML.
    """
    section = _config(stack, root).get(f"{PROJECT}:{CONFIG_KEY}")
    return set(map(str, section)) if isinstance(section, Mapping) else set()


def _config(stack: str, root: Path) -> dict[Any, object]:
    """The config of a stack file, as it is written."""
    file = root / file_of(stack)
    try:
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(
            [f"{file.name}: no such file; stacks are named by their files Pulumi.<stack>.yaml"]
        ) from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SettingsError([f"{file.name}: cannot be read: {unreadable(error)}; repair the file"]) from None
    config = document.get("config") if isinstance(document, dict) else None
    if not isinstance(config, dict):
        raise SettingsError([f"{file.name}: has no `config:`; write the sections below it as {PROJECT}:<section>"])
    return config


def plain_secrets(section: object, file: str, stack: str) -> list[str]:
    """Secrets that the stack file holds unencrypted; the engine itself would take them without a word.

    Args:
        section: The section of the secrets, as it stands in the file.
        file: The file's name.
        stack: The stack's name.

    Returns:
        One line for each.
    """
    values = section if isinstance(section, Mapping) else {}
    set_it = f"`rez pulumi config set --stack {stack} --secret --path '{PROJECT}:{CONFIG_KEY}.NAME'`, value on stdin"
    return [
        f"{CONFIG_KEY}.{name}: is plain text in {file}; rotate it, then set it by {set_it}"
        for name, value in values.items()
        if not (isinstance(value, Mapping) and set(value) == {"secure"})
    ]


def own_sections(config: Mapping[Any, object]) -> dict[str, object]:
    """The project's sections of a stack's config by their bare names, without the secrets and other projects' keys."""
    prefix = f"{PROJECT}:"
    named = {key.removeprefix(prefix): value for key, value in config.items() if str(key).startswith(prefix)}
    named.pop(CONFIG_KEY, None)
    return named


def _valid_parts(model: type[Section], data: object, path: str, parts: dict[str, Any]) -> dict[str, Any]:
    """Validate each section alone, innermost first: one bad field must not hide the problems of its neighbours."""
    if not isinstance(data, Mapping):
        return parts
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, Section):
            where = f"{path}.{yaml_key(name)}".lstrip(".")
            _valid_parts(inner, data.get(yaml_key(name)), where, parts)
            try:
                parts[where] = inner.model_validate(data.get(yaml_key(name)))
            except ValidationError:
                continue
    return parts
