"""What the engine's plan is going to make pods from, before it does."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from infra.manifests import names
from infra.rollout.live import mapping, name, objects, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.manifests import Manifest

_DEPLOYMENT = "kubernetes:apps/v1:Deployment"
_CONFIG = "kubernetes:core/v1:ConfigMap"


@dataclass(frozen=True)
class Planned:
    """A pod before it is made.

    Attributes:
        template: Its metadata and spec.
        config: The ConfigMap that it reads if the plan has it: it may not exist yet.
        older_secrets: It is given the Secrets that serve: the plan has others, whose values the engine alone knows.
    """

    template: Manifest
    config: Manifest | None = None
    older_secrets: bool = False


def planned(plan: str, live: Manifest) -> Planned:
    """Find what pods will be made from.

    Args:
        plan: The engine's events, one JSON object on each line.
        live: What they are made from now, for all that the plan leaves alone or does not tell; {} when nothing is.
    """
    declared = [*_declared(plan)]
    deployment = next((found for kind, found in declared if kind == _DEPLOYMENT and name(found) == names.APP), {})
    template = mapping(deployment, "spec", "template")
    if not objects(template, "spec", "containers"):
        return Planned(live)
    config = _config_name(template)
    maps = [found for kind, found in declared if kind == _CONFIG and name(found) == config]
    found = Planned(template, maps[0] if maps else None)
    if not live or _secrets(template) == _secrets(live):
        return found
    volumes = [*_other_volumes(template), *_secret_volumes(live)]
    spec = {**template["spec"], "volumes": volumes}
    return replace(found, template={**template, "spec": spec}, older_secrets=True)


def _declared(plan: str) -> Iterator[tuple[str, Manifest]]:
    """Type and inputs of every resource that the plan declares."""
    for event in filter(None, map(str.strip, plan.splitlines())):
        state = mapping(json.loads(event), "resourcePreEvent", "metadata", "new")
        if state:
            yield text(state, "type"), mapping(state, "inputs")


def _config_name(template: Manifest) -> str:
    sources = [source for each in objects(template, "spec", "containers") for source in objects(each, "envFrom")]
    return next((text(source, "configMapRef", "name") for source in sources), "")


def _secret_volumes(template: Manifest) -> list[Manifest]:
    return [volume for volume in objects(template, "spec", "volumes") if "projected" in volume]


def _other_volumes(template: Manifest) -> list[Manifest]:
    return [volume for volume in objects(template, "spec", "volumes") if "projected" not in volume]


def _secrets(template: Manifest) -> list[str]:
    volumes = _secret_volumes(template)
    return [text(source, "secret", "name") for each in volumes for source in objects(each, "projected", "sources")]
