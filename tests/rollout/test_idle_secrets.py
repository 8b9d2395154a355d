from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infra.rollout import deploy
from infra.rollout.idle_secrets import idle

if TYPE_CHECKING:
    import pytest

    from tests.rollout.conftest import Stage

OLD, MIDDLE, NEW = (f"db-secrets-{digit * 10}" for digit in "123")


def maker(*secrets: str, revision: int = 0, pods: int = 0, owner: str = "Deployment") -> dict[str, Any]:
    sources = [{"secret": {"name": each}} for each in secrets]
    spec = {"volumes": [{"name": "secrets", "projected": {"sources": sources}}]}
    return {
        "metadata": {
            "name": f"merchant-backend-{revision}",
            "annotations": {"deployment.kubernetes.io/revision": str(revision)},
            "ownerReferences": [{"kind": owner}] if owner else [],
        },
        "spec": {"replicas": pods, "template": {"spec": spec}},
        "status": {"replicas": pods},
    }


def deployment(secret: str) -> dict[str, Any]:
    return maker(secret, owner="")


def test_what_only_old_replica_sets_without_pods_name_is_idle_but_for_the_newest() -> None:
    sets = [maker(MIDDLE, revision=10), maker(OLD, revision=9), maker(NEW, revision=11, pods=3)]
    assert idle([deployment(NEW), *sets]) == [OLD]


def test_what_a_pod_may_still_read_is_not() -> None:
    middle = maker(MIDDLE, revision=2)
    for user in (maker(OLD, revision=1, pods=1), maker(OLD, owner=""), maker(OLD, owner="CronJob"), deployment(OLD)):
        assert idle([maker(OLD, revision=1), middle, user]) == []


def test_secrets_of_others_are_never() -> None:
    assert idle([maker("tls", "redis-auth-1111111111", revision=1), maker(NEW, revision=2)]) == []


def test_a_deploy_deletes_them(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.rollout.idle_secrets.idle", lambda _: [OLD])
    gone: list[tuple[str, str]] = []
    monkeypatch.setattr(stage.cluster, "delete", lambda _, kind, name, *__, **___: gone.append((kind, name)))
    scene = stage.scene()
    plan = deploy.preflight(scene, "v3", known=stage.known, repository="docker.io/rezapp/merchant-backend")
    assert deploy.deploy(scene, plan).outcome == "deployed"
    assert ("Secret", OLD) in gone
    assert any(OLD in line for line in stage.said)
