from __future__ import annotations

from policies.objects.resources import from_pulumi
from policies.objects.values import UNKNOWN


def test_unknown_api_version_and_kind_are_told_by_the_type() -> None:
    properties = {"apiVersion": UNKNOWN, "kind": UNKNOWN, "metadata": {"name": "a"}}
    assert from_pulumi("kubernetes:apps/v1:Deployment", properties, "urn").kind == "Deployment.apps"
