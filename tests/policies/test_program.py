"""The project's own stacks break no rule."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import policies
from infra.manifests.canary import canary
from infra.manifests.claim import claim
from infra.manifests.config_map import config_map
from infra.manifests.deployment import deployment
from infra.manifests.hpa import hpa
from infra.manifests.namespace import namespace
from infra.manifests.network_policy import network_policies
from infra.manifests.pdb import pdb
from infra.manifests.pod import Mounts, pod_template
from infra.manifests.release import Release
from infra.manifests.role import deployer_role, deployer_role_binding
from infra.manifests.secret import secrets
from infra.manifests.service import service
from infra.manifests.service_account import service_account
from infra.settings import load
from policies.judging.judge import judge, judge_stack
from policies.objects.resources import from_manifest

if TYPE_CHECKING:
    from infra.manifests import Manifest
    from infra.settings import Settings

ROOT = Path(policies.__file__).parent.parent
RELEASE = Release("v1", f"docker.io/rezapp/merchant-backend@sha256:{'0123456789abcdef' * 4}")


@pytest.mark.parametrize("beside", [False, True], ids=["alone", "with a canary"])
@pytest.mark.parametrize("stack", ["production", "local"])
def test_own_stack_has_no_finding(stack: str, *, beside: bool) -> None:
    settings = load(stack, ROOT)
    config, sealed = config_map(settings), secrets({}, stack=stack)
    mounts = Mounts(config["metadata"]["name"], tuple(each["metadata"]["name"] for each in sealed))
    objects = [
        namespace("production"),
        *network_policies(settings),
        claim(settings),
        service_account("merchant-backend"),
        service_account("rez-deployer"),
        deployer_role(),
        deployer_role_binding(),
        config,
        *sealed,
        deployment(settings, RELEASE, mounts),
        service(settings),
        hpa(settings),
        pdb(settings),
        *([_canary(settings, mounts)] if beside else []),
    ]
    resources = [from_manifest(each, each["metadata"]["name"]) for each in objects]
    found = [finding for resource in resources for finding in judge(resource, stack=stack)]
    found += judge_stack(resources, stack=stack)
    assert [finding.message for finding in found] == []


def _canary(settings: Settings, mounts: Mounts) -> Manifest:
    template = pod_template(settings, RELEASE, mounts)
    return canary(template, version="v2", image=RELEASE.image, pods=1, lifetime_s=600)
