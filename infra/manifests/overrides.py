"""What is overridden for a while: other bounds for the autoscaler, more memory; and the last restart, which stays."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Final, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from infra.quantities import format_mib
from infra.settings.api import Pods

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infra.manifests import Manifest
    from infra.settings.model import Settings

ANNOTATION: Final = "rez.dev/override"
"""On the object that is overridden, from whose outputs it is read back."""
RESTART_ANNOTATION: Final = "rez.dev/restart"
"""On the pod template: another value makes new pods, the same one lets them be."""
EXEMPTION: Final = "policies.rez.dev/exempt"
"""Where the policies read what an object may do for a while; they know nothing of overrides."""

LONGEST: Final = timedelta(hours=72)
"""Ours: what is needed for longer than a weekend belongs into the stack file."""
MOST_MEMORY_MIB: Final = 2048
"""Runbook, Out of Memory: temporarily 2Gi."""

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\r\n]*$")]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Override(_Value):
    """What every override has.

    Attributes:
        since: When it began.
        expires: The first moment at which it holds no more.
        reason: Why.
        by: Who.
    """

    since: AwareDatetime
    expires: AwareDatetime
    reason: Line
    by: Line

    @model_validator(mode="after")
    def _ends(self) -> Self:
        if not timedelta() < self.expires - self.since <= LONGEST:
            message = f"must end after its begin, and within {LONGEST.total_seconds() / 3600:g}h"
            raise ValueError(message)
        return self

    def _annotations(self, exemption: Mapping[str, str] | None) -> dict[str, str]:
        owned = {"reason": self.reason, "owner": self.by, "expires": self.expires.astimezone(UTC).date().isoformat()}
        exempt = {} if exemption is None else {EXEMPTION: json.dumps([{**exemption, **owned}])}
        return {ANNOTATION: self.model_dump_json(), **exempt}


class Scale(Override):
    """Other bounds for the autoscaler; the same one twice pins the pods."""

    pods: Pods

    def __str__(self) -> str:
        least, most = self.pods.min, self.pods.max
        return f"pinned at {least} pods" if least == most else f"{least} to {most} pods"

    def annotations(self) -> dict[str, str]:
        """What the autoscaler says of it, with the policies' leave for bounds without room."""
        pinned = {"rule": "hpa-range", "field": "spec.minReplicas", "value": str(self.pods.min)}
        return self._annotations(pinned if self.pods.min == self.pods.max else None)


class Memory(Override):
    """A larger memory limit."""

    limit_mib: int = Field(gt=0, le=MOST_MEMORY_MIB)

    def __str__(self) -> str:
        return f"memory limit {format_mib(self.limit_mib)}"

    def annotations(self) -> dict[str, str]:
        """What the Deployment says of it, with the policies' leave for exactly this limit."""
        field = "spec.template.spec.containers[api].resources.limits.memory"
        return self._annotations(
            {"rule": "deployment-memory-limit", "field": field, "value": format_mib(self.limit_mib)}
        )


class Restart(_Value):
    """The last rolling restart."""

    at: AwareDatetime
    reason: Line
    by: Line


class Overrides(_Value):
    """All of a stack, by kind."""

    scale: Scale | None = None
    memory: Memory | None = None
    restart: Restart | None = None

    @classmethod
    def of(cls, texts: object) -> Self:
        """Read the stack's output `overrides`: JSON by kind. What cannot be read is none: the declared value holds."""
        found: dict[str, object] = {}
        for kind, text in texts.items() if isinstance(texts, dict) else ():
            try:
                found |= cls.model_validate({kind: json.loads(text)}).model_dump(exclude_none=True)
            except (ValueError, TypeError):
                continue
        return cls.model_validate(found)

    def changed(self, patch: str) -> Self:
        """These with a merge patch (RFC 7396) of whole kinds: `{"scale": {…}, "memory": null}`.

        Raises:
            ValueError: It is no such patch, or what it sets is out of bounds.
        """
        asked = json.loads(patch)
        if not isinstance(asked, dict):
            raise TypeError("must be a JSON object of overrides by kind")
        try:
            return self.model_validate(self.model_dump() | asked)
        except ValidationError as error:
            lines = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()]
            raise ValueError("; ".join(lines)) from None

    def in_force(self, now: datetime) -> Self:
        """These without the ones that are over."""
        over = {kind: None for kind, override in self.temporary().items() if override.expires <= now}
        return self.model_copy(update=over)

    def temporary(self) -> dict[str, Scale | Memory]:
        """The ones that end by themselves, by kind."""
        kinds: dict[str, Scale | Memory | None] = {"scale": self.scale, "memory": self.memory}
        return {kind: override for kind, override in kinds.items() if override is not None}

    def applied(self, settings: Settings) -> Settings:
        """The settings as they are while these hold; what comes from a limit follows it in the declared proportion."""
        api = settings.api
        if self.scale is not None:
            api = api.model_copy(update={"pods": self.scale.pods})
        if self.memory is not None:
            declared, limit = api.memory.limit_mib, self.memory.limit_mib
            memory = {"limit_mib": limit, "heap_cap_mib": api.memory.heap_cap_mib * limit // declared}
            target = {"memory_target_mib": api.autoscaling.memory_target_mib * limit // declared}
            api = api.model_copy(
                update={
                    "memory": api.memory.model_copy(update=memory),
                    "autoscaling": api.autoscaling.model_copy(update=target),
                }
            )
        return settings.model_copy(update={"api": api})


def annotated(manifest: Manifest, override: Scale | Memory | None) -> Manifest:
    """An object that says how it is overridden, if it is."""
    if override is None:
        return manifest
    metadata = manifest["metadata"]
    return {
        **manifest,
        "metadata": {**metadata, "annotations": {**metadata["annotations"], **override.annotations()}},
    }


def restarted(manifest: Manifest, restart: Restart | None) -> Manifest:
    """A Deployment whose pods are made anew once for each restart."""
    if restart is None:
        return manifest
    spec, template = manifest["spec"], manifest["spec"]["template"]
    metadata = template["metadata"]
    annotations = {**metadata["annotations"], RESTART_ANNOTATION: restart.model_dump_json()}
    return {
        **manifest,
        "spec": {**spec, "template": {**template, "metadata": {**metadata, "annotations": annotations}}},
    }


def told(*, hpa: object, deployment: object, template: object) -> dict[str, str]:
    """What objects say of their overrides, for `Overrides.of`.

    Args:
        hpa: The autoscaler's metadata.
        deployment: The Deployment's metadata.
        template: Its template's metadata.
    """
    places = {"scale": (hpa, ANNOTATION), "memory": (deployment, ANNOTATION), "restart": (template, RESTART_ANNOTATION)}
    found = {kind: _annotation(metadata, name) for kind, (metadata, name) in places.items()}
    return {kind: text for kind, text in found.items() if text}


def _annotation(metadata: object, name: str) -> str:
    annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
    return str(annotations.get(name) or "") if isinstance(annotations, dict) else ""
