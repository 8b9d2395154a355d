"""The Pulumi program: settings, release and secrets in; components and outputs out."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pulumi

from infra.components.admission import Admission
from infra.components.api import Api
from infra.components.atlas_cluster import AtlasCluster
from infra.components.platform import Platform
from infra.components.redis_cluster import RedisCluster
from infra.errors import PreconditionError, SettingsError
from infra.manifests import names
from infra.manifests.overrides import Overrides
from infra.manifests.release import Release
from infra.manifests.rendered import Rendered
from infra.manifests.secret import secrets as secret_manifests
from infra.settings import Settings, parse
from infra.settings.inventory import CONFIG_KEY, SOURCES_KEY, missing, secret_problems, unread_problems
from infra.settings.model import NAMESPACE
from infra.settings.stack_file import PROJECT, own_sections

if TYPE_CHECKING:
    from datetime import date

RELEASE_VARIABLE: Final = "REZ_RELEASE"
RELEASE_OUTPUT: Final = "release"
OVERRIDES_VARIABLE: Final = "REZ_OVERRIDES"
OVERRIDES_OUTPUT: Final = "overrides"
NO_DATABASE_VARIABLE: Final = "REZ_NO_DATABASE"
"""Set where stack `local` runs on somebody's own cluster, whose pods could not reach this machine's database."""
REDIS_IMAGE_VARIABLE: Final = "REZ_REDIS_IMAGE"
"""The image of Redis that this machine packed, for stack `local` alone; without it the API runs without its cache."""
RECORD_VARIABLE: Final = "REZ_RECORD"
"""A file with what a release's record holds: the release is declared as it was then, not as the settings say now."""
RECORD_OUTPUT: Final = "record"
STAMP_VARIABLE: Final = "REZ_FENCING_TOKEN"
STAMP_OUTPUT: Final = "fencing_token"


async def main() -> None:
    """Declare the stack.

    Raises:
        SettingsError: Every setting that cannot work and every secret that is missing.
        PreconditionError: No release is named and none runs, an override cannot be, or its record is not readable.
    """
    now = datetime.now(UTC)
    settings, secrets = read_config(stack=pulumi.get_stack())
    named, before = os.environ.get(RELEASE_VARIABLE), own_outputs()
    release = parse_release(named) if named else running_release(await output(before, RELEASE_OUTPUT))
    kept = read_record(given_record() if named else await output(before, RECORD_OUTPUT), release)
    rendered = kept or Rendered.of(settings, release)
    patch = os.environ.get(OVERRIDES_VARIABLE)
    overrides = overridden(await output(before, OVERRIDES_OUTPUT), patch or "{}", now=now)
    stamp = os.environ.get(STAMP_VARIABLE) or str(await output(before, STAMP_OUTPUT) or "")
    platform = Platform("platform", settings)
    Admission("admission", platform=platform, exempt=exempt_rules(settings, today=now.date()))
    database = None if without_database(settings) else AtlasCluster("database", settings, secret_values=secrets)
    image = redis_image(settings)
    cache = RedisCluster("cache", settings, image, secret_values=secrets, platform=platform) if image else None
    made = {**(database.secrets if database else {}), **(cache.secrets if cache else {})}
    sealed = secret_manifests(secrets, stack=settings.stack, made=made)
    api = Api("api", settings, rendered, secrets=sealed, platform=platform, overrides=overrides, stamp=stamp)
    pulumi.export(RELEASE_OUTPUT, api.release)
    pulumi.export(OVERRIDES_OUTPUT, api.overrides)
    pulumi.export(STAMP_OUTPUT, api.stamp)
    if kept is not None:
        tell_differences(kept, Rendered.of(settings, release))
        pulumi.export(RECORD_OUTPUT, pulumi.Output.secret(api.rendered))  # no secret: too long to be shown each time
    pulumi.export("namespace", NAMESPACE)
    pulumi.export("service", names.SERVICE)
    pulumi.export("url", settings.service.url)


def read_config(*, stack: str) -> tuple[Settings, dict[str, str]]:
    """Read the run's config, which the engine has decrypted.

    Args:
        stack: The stack's name.

    Returns:
        The settings, and the plain secret values by name.

    Raises:
        SettingsError: With every problem of both.
    """
    config = {key: _structured(value) for key, value in pulumi.runtime.get_config_env().items()}
    secrets = _secret_values(config.get(f"{PROJECT}:{CONFIG_KEY}"))
    try:
        settings = parse(own_sections(config), stack=stack)
    except SettingsError as error:
        known = f"{PROJECT}:{SOURCES_KEY}" not in config  # else nobody can say what is missing
        raise SettingsError(error.problems + (secret_problems(secrets.keys(), stack=stack) if known else [])) from None
    return settings, secrets | _from_elsewhere(settings, secrets)


def _from_elsewhere(settings: Settings, secrets: Mapping[str, str]) -> dict[str, str]:
    """The values that the stack file does not hold, from where it says they are."""
    source = settings.secret_sources.aws
    if source is None:
        found: dict[str, str] = {}
        lines = secret_problems(secrets.keys(), stack=settings.stack)
    else:
        from infra.aws import secrets_manager

        found, lines = secrets_manager.read(missing(secrets.keys()), source)
        lines += unread_problems(secrets.keys(), stack=settings.stack)
    if lines:
        raise SettingsError(lines)
    return found


def without_database(settings: Settings) -> bool:
    """Whether the API is to run without its database; only stack `local` may."""
    return settings.is_local and bool(os.environ.get(NO_DATABASE_VARIABLE))


def redis_image(settings: Settings) -> str | None:
    """What Redis runs from; None on stack `local` where this machine has packed no image of it."""
    return os.environ.get(REDIS_IMAGE_VARIABLE) if settings.is_local else settings.redis.image


def exempt_rules(settings: Settings, *, today: date) -> dict[str, set[str]]:
    """The objects that the stack file's exemptions are about, by rule; the last day still counts."""
    found: dict[str, set[str]] = {}
    for exemption in settings.exemptions:
        if today <= exemption.expires:
            found.setdefault(exemption.rule, set()).add(exemption.resource)
    return found


def parse_release(text: str) -> Release:
    """Read ``VERSION=IMAGE@sha256:DIGEST``.

    Raises:
        PreconditionError: The text has another form.
    """
    try:
        return Release.parse(text)
    except ValueError as error:
        raise PreconditionError(f"{RELEASE_VARIABLE}: {error}") from None


def own_outputs() -> pulumi.StackReference:
    """The outputs of this stack's last update; of none, if there was none."""
    return pulumi.StackReference(f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}")


async def output(stack: pulumi.StackReference, name: str) -> object:
    """One of a stack's outputs, None if it has none of that name."""
    found = await stack.get_output_details(name)
    return found.value or found.secret_value


def running_release(running: object) -> Release:
    """The release that this stack runs.

    Args:
        running: The output of its last update.

    Raises:
        PreconditionError: The stack has never run one, or was destroyed.
    """
    release = Release.of(running)
    if release is None:
        message = f"stack {pulumi.get_stack()} has no release to keep: run `rez deploy VERSION`"
        raise PreconditionError(message)
    return release


def given_record() -> str | None:
    """The text of the record that this run was given; None if it was given none."""
    file = os.environ.get(RECORD_VARIABLE)
    return Path(file).read_text(encoding="utf-8") if file else None


def read_record(text: object, release: Release) -> Rendered | None:
    """What a record says; None if there is none.

    Raises:
        PreconditionError: The record is not readable.
    """
    if not isinstance(text, str) or not text:
        return None
    try:
        return Rendered.parse(text, release)
    except ValueError as error:
        remedy = f"declare it by the settings: `rez deploy {release.version}`"
        raise PreconditionError(f"the record of release {release.version} {error}; {remedy}") from None


def tell_differences(kept: Rendered, declared: Rendered) -> None:
    """Say which settings do not count while a release runs as its record says."""
    if found := kept.differences(declared):
        pulumi.log.warn(
            f"{kept.release.version} runs as it was recorded, since it was rolled back to; what the settings say "
            f"otherwise counts again with the next `rez deploy`: {'; '.join(found)}"
        )


def overridden(running: object, patch: str, *, now: datetime) -> Overrides:
    """The overrides of this update: those of the last one that are not over, with what this one changes.

    Args:
        running: The output of the last update.
        patch: A merge patch of overrides by kind.
        now: The present.

    Raises:
        PreconditionError: The patch is none, or out of bounds.
    """
    try:
        return Overrides.of(running).changed(patch).in_force(now)
    except (TypeError, ValueError) as error:
        raise PreconditionError(f"{OVERRIDES_VARIABLE}: {error}") from None


def _structured(value: object) -> object:
    """Structured config arrives as JSON text."""
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value


def _secret_values(section: object) -> dict[str, str]:
    """Values by name; what is no text or empty counts as missing, and is never shown."""
    if not isinstance(section, Mapping):
        return {}
    return {str(name): value for name, value in section.items() if isinstance(value, str) and value.strip()}
