"""The API itself: everything that a deploy may change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pulumi

from infra.components.kubernetes_object import KubernetesObject
from infra.manifests import Manifest, names
from infra.manifests.config_map import holding
from infra.manifests.deployment import declared
from infra.manifests.fencing import shown_stamp, stamped
from infra.manifests.hpa import hpa
from infra.manifests.overrides import annotated, restarted, told
from infra.manifests.pdb import pdb
from infra.manifests.pod import Mounts
from infra.manifests.rendered import Rendered
from infra.manifests.service import service

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from infra.manifests.overrides import Overrides
    from infra.settings.model import Settings


class Api(pulumi.ComponentResource):
    """Config, secrets, Deployment, Service, autoscaler and disruption budget.

    Args:
        name: The component's name.
        settings: The stack's settings as declared.
        rendered: What shall run, as the settings or a release's record declare it.
        secrets: The Secrets that its pods read.
        platform: What the pods need first: namespace, account, volume, network.
        overrides: What holds instead for a while.
        stamp: The fencing token of the deploy that brings the release in; "" for none.

    Attributes:
        release: What runs by the Deployment's own word: ``{"version": …, "image": …}``.
        overrides: What is overridden by the objects' own word: JSON by kind.
        rendered: What was declared for it without overrides; in the state with the component, where `rez` finds it.
        stamp: The fencing token by the Deployment's own word; "" for none.
    """

    def __init__(  # noqa: PLR0913 - what the API is made from
        self,
        name: str,
        settings: Settings,
        rendered: Rendered,
        *,
        secrets: Sequence[Manifest],
        platform: pulumi.Resource,
        overrides: Overrides,
        stamp: str = "",
    ) -> None:
        super().__init__("rez:api:Api", name)
        settings = overrides.applied(settings)
        own = pulumi.ResourceOptions(parent=self, depends_on=[platform])
        config = holding(rendered.config)
        # Pods of an old release still read the old objects, so the engine forgets them and does not delete them.
        kept = pulumi.ResourceOptions.merge(own, pulumi.ResourceOptions(retain_on_delete=True))
        mounted = [KubernetesObject(manifest, kept) for manifest in (config, *secrets)]
        mounts = Mounts(config=_name(config), secrets=tuple(_name(manifest) for manifest in secrets))
        sized = rendered.sized_as(Rendered.of(settings, rendered.release)) if overrides.memory else rendered
        pods = restarted(declared(sized.mounting(mounts).spec), overrides.restart)
        running = KubernetesObject(
            stamped(annotated(pods, overrides.memory), stamp),
            pulumi.ResourceOptions.merge(own, pulumi.ResourceOptions(depends_on=mounted)),
        )
        scaled = KubernetesObject(annotated(hpa(settings), overrides.scale), own)
        for manifest in (service(settings), pdb(settings)):
            KubernetesObject(manifest, own)
        self.release = running.output("spec").apply(running_release)
        self.stamp = running.output("metadata").apply(shown_stamp)
        self.overrides = pulumi.Output.all(
            hpa=scaled.output("metadata"),
            deployment=running.output("metadata"),
            template=running.output("spec").apply(lambda spec: spec["template"]["metadata"]),
        ).apply(lambda metadata: told(**metadata))
        # By the Deployment's own word: what it was refused, or was left out by an update of a part, is not what runs.
        self.rendered = running.output("spec").apply(lambda spec: str(rendered) if rendered.describes(spec) else "")
        self.register_outputs({"release": self.release, "overrides": self.overrides, "rendered": self.rendered})


def running_release(spec: Mapping[str, Any]) -> dict[str, str]:
    """The release that a Deployment's spec describes."""
    template = spec["template"]
    image = next(each["image"] for each in template["spec"]["containers"] if each["name"] == names.CONTAINER)
    return {"version": template["metadata"]["labels"][names.VERSION_LABEL], "image": image}


def _name(manifest: Manifest) -> str:
    name: str = manifest["metadata"]["name"]
    return name
