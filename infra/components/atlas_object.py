"""An Atlas resource as a Pulumi resource, made from its properties as they are.

The classes of ``pulumi_mongodbatlas`` describe the same resources, but importing them takes longer than all else in
the program. The engine sees type tokens alone.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import pulumi

if TYPE_CHECKING:
    from infra.atlas import Properties


class AtlasObject(pulumi.CustomResource):
    """One resource of the provider.

    Args:
        kind: As in ``AdvancedCluster``.
        name: The resource's name in Pulumi.
        properties: Its inputs.
        opts: Resource options.
        outputs: Properties that only Atlas knows.
    """

    def __init__(
        self, kind: str, name: str, properties: Properties, opts: pulumi.ResourceOptions, *outputs: str
    ) -> None:
        super().__init__(
            type_token(kind),
            name,
            {**properties, **dict.fromkeys(outputs)},
            pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(version=_provider_version())),
        )

    def output(self, field: str) -> pulumi.Output[Any]:
        """A property as Atlas returned it."""
        value: pulumi.Output[Any] = getattr(self, field)
        return value


def type_token(kind: str) -> str:
    """Pulumi's name of a kind: ``mongodbatlas:index/advancedCluster:AdvancedCluster``."""
    return f"mongodbatlas:index/{kind[0].lower()}{kind[1:]}:{kind}"


@cache
def _provider_version() -> str:
    return version("pulumi-mongodbatlas")
