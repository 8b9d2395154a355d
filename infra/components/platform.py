"""The ground under the service: namespace, network, storage, identities."""

from __future__ import annotations

import pulumi

from infra.components.kubernetes_object import KubernetesObject
from infra.manifests import names
from infra.manifests.claim import claim
from infra.manifests.namespace import namespace
from infra.manifests.network_policy import network_policies
from infra.manifests.role import deployer_role, deployer_role_binding
from infra.manifests.service_account import service_account
from infra.settings.model import NAMESPACE, Settings


class Platform(pulumi.ComponentResource):
    """What stays when releases come and go; a deploy never touches it.

    Args:
        name: The component's name.
        settings: The stack's settings.
    """

    def __init__(self, name: str, settings: Settings) -> None:
        super().__init__("rez:platform:Platform", name)
        keep = not settings.is_local
        home = KubernetesObject(namespace(NAMESPACE), pulumi.ResourceOptions(parent=self, protect=keep))
        inside = pulumi.ResourceOptions(parent=self, depends_on=[home])
        for manifest in (
            *network_policies(settings),
            service_account(names.APP),
            service_account(names.DEPLOYER),
            deployer_role(),
            deployer_role_binding(),
        ):
            KubernetesObject(manifest, inside)
        stateful = pulumi.ResourceOptions(protect=keep, retain_on_delete=keep)
        KubernetesObject(claim(settings), pulumi.ResourceOptions.merge(inside, stateful))
        self.register_outputs({"namespace": NAMESPACE})
