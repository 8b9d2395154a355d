"""The cache: a Redis cluster that finds its peers by name and mends itself."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

import pulumi

from infra import authority
from infra.components.kubernetes_object import KubernetesObject
from infra.manifests.redis import names
from infra.manifests.redis.config_map import config_map
from infra.manifests.redis.network_policy import network_policy
from infra.manifests.redis.pdb import pdb
from infra.manifests.redis.secret import API_PASSWORD, CERTIFICATE, secret, url
from infra.manifests.redis.service import services
from infra.manifests.redis.stateful_set import stateful_set
from infra.manifests.secret import Made
from infra.manifests.service_account import service_account

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infra.settings.model import Settings


class RedisCluster(pulumi.ComponentResource):
    """Everything about the cache; a deploy never touches it.

    Args:
        name: The component's name.
        settings: The stack's settings.
        image: The server's image, by digest.
        secret_values: Plain secret values by name: passwords and certificates.
        platform: What the pods need first: namespace and network.

    Attributes:
        secrets: The API's address and password for the cache.
    """

    def __init__(
        self, name: str, settings: Settings, image: str, *, secret_values: Mapping[str, str], platform: pulumi.Resource
    ) -> None:
        super().__init__("rez:redis:RedisCluster", name)
        keep = not settings.is_local
        own = pulumi.ResourceOptions(parent=self, depends_on=[platform])
        # Pods that are not replaced yet still read the old objects.
        kept = pulumi.ResourceOptions.merge(own, pulumi.ResourceOptions(retain_on_delete=True))
        config, sealed = config_map(settings), secret(secret_values, stack=settings.stack)
        first = [KubernetesObject(manifest, kept) for manifest in (config, sealed)]
        first.append(KubernetesObject(service_account(names.APP), own))
        for manifest in (*services(), pdb(), network_policy()):
            KubernetesObject(manifest, own)
        held = pulumi.ResourceOptions(protect=keep, retain_on_delete=keep, depends_on=first)
        ends = authority.expires(secret_values[CERTIFICATE])
        pods = stateful_set(
            settings,
            image,
            config=config["metadata"]["name"],
            secret=sealed["metadata"]["name"],
            certificate_ends=ends.date() if ends else None,
        )
        KubernetesObject(pods, pulumi.ResourceOptions.merge(own, held))
        address = url(secret_values[API_PASSWORD])
        self.secrets = {"REDIS_URL": Made(address, b64encode(address.encode()).decode())}
        self.register_outputs({})
