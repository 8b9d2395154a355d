"""What the engine's plan is going to make pods from, before it does."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.manifests import names
from infra.rollout.live import mapping, name, objects, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.manifests import Manifest

_DEPLOYMENT = "kubernetes:apps/v1:Deployment"
_CONFIG = "kubernetes:core/v1:ConfigMap"
_SEALED = "kubernetes:core/v1:Secret"
_OF_API = "rez:api:Api$"


@dataclass(frozen=True)
class Planned:
    """A pod before it is made.

    Attributes:
        template: Its metadata and spec.
        config: The ConfigMap that it reads if the plan has it: it may not exist yet.
        secrets: The engine's names of the Secrets that the plan makes: it alone knows their values.
    """

    template: Manifest
    config: Manifest | None = None
    secrets: tuple[str, ...] = ()


def planned(plan: str, live: Manifest) -> Planned:
    """Find what pods will be made from.

    Args:
        plan: The engine's events, one JSON object on each line.
        live: What they are made from now, for all that the plan leaves alone or does not tell; {} when nothing is.
    """
    states = [*_states(plan)]
    declared = [(text(state, "type"), mapping(state, "inputs")) for state, _ in states]
    deployment = next((found for kind, found in declared if kind == _DEPLOYMENT and name(found) == names.APP), {})
    template = mapping(deployment, "spec", "template")
    if not objects(template, "spec", "containers"):
        return Planned(live)
    config = _config_name(template)
    maps = [found for kind, found in declared if kind == _CONFIG and name(found) == config]
    made = [state["urn"] for state, op in states if op == "create" and text(state, "type") == _SEALED]
    return Planned(template, maps[0] if maps else None, tuple(urn for urn in made if _OF_API in urn))


def _states(plan: str) -> Iterator[tuple[Manifest, str]]:
    """Every resource that the plan declares, and what is done with it."""
    for event in filter(None, map(str.strip, plan.splitlines())):
        metadata = mapping(json.loads(event), "resourcePreEvent", "metadata")
        if state := mapping(metadata, "new"):
            yield state, text(metadata, "op")


def _config_name(template: Manifest) -> str:
    sources = [source for each in objects(template, "spec", "containers") for source in objects(each, "envFrom")]
    return next((text(source, "configMapRef", "name") for source in sources), "")
