from __future__ import annotations

from infra.manifests.service_account import service_account


def test_no_pod_gets_its_token() -> None:
    assert service_account("merchant-backend")["automountServiceAccountToken"] is False
