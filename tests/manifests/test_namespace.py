from __future__ import annotations

from infra.manifests.namespace import namespace


def test_pod_security_restricted_is_enforced() -> None:
    assert namespace("production")["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
