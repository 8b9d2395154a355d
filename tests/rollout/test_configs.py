from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from infra.errors import UnavailableError
from infra.manifests.config_map import holding
from infra.manifests.names import REPOSITORY
from infra.rollout import deploy
from infra.rollout.configs import unneeded
from infra.rollout.record import Record
from tests.rollout.conftest import rendered

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
IMAGE = f"{REPOSITORY}@sha256:{'1' * 64}"


def config(pool: str, *, made: str = "2026-11-22T12:00:00Z") -> dict[str, Any]:
    found = holding({"MONGODB_MAX_POOL_SIZE": pool})
    return {**found, "metadata": {**found["metadata"], "creationTimestamp": made}}


def name(pool: str) -> str:
    return str(config(pool)["metadata"]["name"])


def reading(pool: str) -> dict[str, Any]:
    source = {"configMapRef": {"name": name(pool)}}
    return {"spec": {"template": {"spec": {"containers": [{"name": "api", "envFrom": [source]}]}}}}


def record(pool: str) -> Record:
    declared = rendered("v1", IMAGE, {"MONGODB_MAX_POOL_SIZE": pool})
    return Record("v1", IMAGE, "deployed", "", "", "", "", rendered=declared)


def test_what_neither_pods_nor_records_need_is_named() -> None:
    live = [config("1"), config("2"), config("3")]
    assert unneeded(live, history=[record("1")], makers=[reading("2")], now=NOW) == [name("3")]


def test_other_config_and_what_was_just_made_stay() -> None:
    others = [{"metadata": {"name": other, "creationTimestamp": "2026-01-01T00:00:00Z"}} for other in _OTHERS]
    young = config("4", made="2026-11-23T11:30:00Z")
    assert unneeded([*others, young, holding({"A": "b"})], history=[], makers=[], now=NOW) == []


_OTHERS = ("kube-root-ca.crt", "release-000001", "merchant-backend-config", "redis-config-0123456789")


def test_a_record_that_is_not_readable_stops_it() -> None:
    broken = Record("v1", IMAGE, "deployed", "", "", "", "", rendered="{}")
    with pytest.raises(ValueError, match="holds no spec"):
        unneeded([config("1")], history=[broken], makers=[], now=NOW)


def deployed(stage: Any) -> Any:
    scene = stage.scene()
    return deploy.deploy(scene, deploy.preflight(scene, "v3", known=stage.known, repository=REPOSITORY))


def test_a_deploy_deletes_them(stage: Any) -> None:
    stage.cluster.config_maps[name("9")] = config("9", made="2026-01-01T00:00:00Z")
    assert deployed(stage).outcome == "deployed"
    assert name("9") not in stage.cluster.config_maps
    assert any(name("9") in line for line in stage.said)


def test_a_deploy_is_not_the_worse_if_they_stay(stage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any, **__: Any) -> list[str]:
        raise UnavailableError("cluster unavailable")

    monkeypatch.setattr("infra.rollout.configs.unneeded", away)
    assert deployed(stage).outcome == "deployed"
    assert any("not pruned" in line for line in stage.said)
