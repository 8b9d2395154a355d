"""What a release was made into: its Deployment and its config as they were declared, for its record to keep."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

from infra.manifests import Manifest, names
from infra.manifests.config_map import config_map
from infra.manifests.deployment import deployment
from infra.manifests.pod import Mounts
from infra.manifests.release import Release

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from infra.settings.model import Settings

_SECRETS: Final = "secrets"
"""The volume that holds the secrets."""

_OF_THE_RELEASE: Final = (names.VERSION_LABEL, "].image", "].configMapRef.name")
"""Where releases differ in any case, and where the config's name follows its content."""


@dataclass(frozen=True)
class Rendered:
    """One release as it was declared.

    Attributes:
        spec: The Deployment's spec, without the names of Secrets: those are always today's.
        config: What the ConfigMap held.
    """

    spec: Manifest
    config: Mapping[str, str]

    @classmethod
    def of(cls, settings: Settings, release: Release) -> Self:
        """A release as the settings declare it."""
        config = config_map(settings)
        mounts = Mounts(config=config["metadata"]["name"], secrets=())
        return cls(deployment(settings, release, mounts)["spec"], config["data"])

    @classmethod
    def parse(cls, text: str, release: Release) -> Self:
        """Read what `str` gives.

        Raises:
            ValueError: It is something else, or of another release.
        """
        content = json.loads(text)
        if not isinstance(content, dict) or not all(isinstance(content.get(key), dict) for key in ("spec", "config")):
            raise ValueError("holds no spec and no config")
        found = cls(content["spec"], content["config"])
        try:
            of = found.release
        except (KeyError, TypeError, StopIteration):
            raise ValueError("its spec is none of the API's Deployment") from None
        if of != release:
            message = f"is of {of.version} ({of.image}), not of {release.version} ({release.image})"
            raise ValueError(message)
        return found

    def __str__(self) -> str:
        """Canonical JSON."""
        return json.dumps({"spec": self.spec, "config": dict(self.config)}, sort_keys=True, separators=(",", ":"))

    @property
    def release(self) -> Release:
        """Which one it is."""
        return Release(self.spec["template"]["metadata"]["labels"][names.VERSION_LABEL], self.api["image"])

    def describes(self, spec: Manifest) -> bool:
        """Whether a Deployment's spec, as the API server returned it, is of this release with this config."""
        other = type(self)(spec, {})
        return other.release == self.release and other.api["envFrom"] == self.api["envFrom"]

    @property
    def api(self) -> Manifest:
        """The API's container."""
        containers: list[Manifest] = self.spec["template"]["spec"]["containers"]
        return next(each for each in containers if each["name"] == names.CONTAINER)

    def mounting(self, mounts: Mounts) -> Self:
        """The same with the config and the secrets of these names: a release that comes back gets today's secrets."""
        found: Manifest = json.loads(json.dumps(self.spec))
        pod = found["template"]["spec"]
        for container in pod["containers"]:
            for source in container.get("envFrom", []):
                if "configMapRef" in source:
                    source["configMapRef"]["name"] = mounts.config
        for volume in pod["volumes"]:
            if volume["name"] == _SECRETS:
                volume["projected"]["sources"] = [{"secret": {"name": name}} for name in mounts.secrets]
        return type(self)(found, self.config)

    def sized_as(self, other: Self) -> Self:
        """The same with another's memory and CPU, which an override has changed for a while."""
        sizes = {key: other.api[key] for key in ("resources", "env")}
        pod = self.spec["template"]["spec"]
        containers = [{**each, **sizes} if each["name"] == names.CONTAINER else each for each in pod["containers"]]
        template = {**self.spec["template"], "spec": {**pod, "containers": containers}}
        return type(self)({**self.spec, "template": template}, self.config)

    def differences(self, other: Self) -> list[str]:
        """Where another is different, as `config.PORT: "3000" instead of "3001"`, beside being another release."""
        mine, others = (dict(_leaves({"spec": each.spec, "config": each.config})) for each in (self, other))
        return [
            f"{path}: {_shown(mine.get(path))} instead of {_shown(others.get(path))}"
            for path in sorted(mine.keys() | others.keys())
            if mine.get(path) != others.get(path) and not path.endswith(_OF_THE_RELEASE)
        ]


def _shown(value: object) -> str:
    return "nothing" if value is None else json.dumps(value)


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, object]]:
    """Each plain value by its path; items of a list go by their name if they have one."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _leaves(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and value:
        for at, inner in enumerate(value):
            key = inner.get("name", at) if isinstance(inner, dict) else at
            yield from _leaves(inner, f"{path}[{key}]")
    else:
        yield path, value
