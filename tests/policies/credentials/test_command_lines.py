"""Credentials in commands and arguments, however a shell or a program takes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.credentials.command_lines import items_with_credentials

CANARY = "canary-9d1f"


@pytest.mark.parametrize(
    "items",
    [
        ["redis-server", "--requirepass", CANARY],
        ["redis-server", "--requirepass", CANARY, "--masterauth", "$(PASSWORD)"],
        ["redis-server --masterauth canary-9d1f"],
        ["sh", "-c", "redis-cli -a canary-9d1f ping"],
        ["sh", "-c", "/usr/bin/redis-cli --tls -a 'canary-9d1f' ping"],
        ["redis-cli", "AUTH", CANARY],
        ["redis-cli", "CONFIG", "SET", "requirepass", CANARY],
        ["redis-server", "--user", "api", "on", ">canary-9d1f", "~*"],
        ["--password=canary-9d1f"],
        ["--password", CANARY],
        ["-password", CANARY],
        ["--db.password=canary-9d1f"],
        ["--api-key", "abc123"],
        ["--jwt-secret=canary-secret-value"],
        ["--auth-token", "canary-token"],
        ["--token=abc.def"],
        ["mongosh", "-u", "api", "-p", CANARY],
        ["mysqladmin", "ping", "-pcanary"],
        ["mysql -uroot -pcanary -e 'select 1' | head"],
        ["curl", "-u", "admin:canary", "http://localhost"],
        ["sshpass -p canary ssh host"],
        ["PGPASSWORD=canary psql -p 5432"],
        ["export DB_PASSWORD=canary && exec server"],
        ["server", "k3Jf9sLq82mNvB7xWz4TpR1c"],
        ["--signature-seed", "k3Jf9sLq82mNvB7xWz4TpR1c", "--seed", "k3Jf9sLq82mNvB7xWz4TpR1c"],
    ],
)
def test_credential_is_found(items: list[str]) -> None:
    (place,) = items_with_credentials(items)
    assert any(part in items[place] for part in ("canary", "abc", "k3Jf9sLq82mNvB7xWz4TpR1c"))


@pytest.mark.parametrize(
    "items",
    [
        ["redis-server", "/config/redis.conf", "--aclfile", "/users/users.acl", "--requirepass", ""],
        ["redis-server", "--requirepass", "$(REDIS_PASSWORD)"],
        ['exec redis-server /c --requirepass "$(cat /users/password)"'],
        ["sh", "-c", 'redis-cli -a "$REDIS_PASSWORD" ping'],
        ["sh", "-c", "redis-cli --askpass ping > /dev/null"],
        ["redis-cli", "-p", "6379", "ping"],
        ["echo ok", ">file"][:1],
        ["--password-file=/run/secrets/password", "--token-auth-file", "/etc/tokens.csv"],
        ["--tls-private-key-file=/etc/tls.key", "--client-ca-file=/etc/ca.crt"],
        ["--enable-bootstrap-token-auth=true", "--authentication-token-webhook"],
        ["--tls-secret=merchant-tls", "--image-pull-secret", "registry"],
        ["--default-ssl-secret=production/merchant-tls"],
        ["--secret=production/merchant"],
        ["--initial-cluster-token", "etcd-cluster-1"],
        ["--no-password", "select 1"],
        ["--allow-empty-password", "yes"],
        ["mysql", "-h", "db", "-p$MYSQL_PASSWORD", "-e", "select 1"],
        ["mysql -h db <<EOF\nCHANGE MASTER TO MASTER_PASSWORD='',\nMASTER_PORT=3306\nEOF"],
        ["psql", "-p", "5432"],
        ["curl", "-u", "$(USER):$(PASSWORD)", "http://localhost"],
        ["curl -sf http://localhost:3000/health"],
        ["export PGPASSWORD=$(cat /secrets/pw); exec server"],
        ["export TOKEN=`cat /secrets/token`"],
        ["--image=docker.io/a/b@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"],
        ["--revision", "0123456789abcdef0123456789abcdef01234567"],
        ["--oidc-client-id", "k3Jf9sLq82mNvB7xWz4TpR1c"],
        ["--feature-gates=KubeletTracing=true,PodAndContainerStatsFromCRI=false"],
        ["--max-tokens=4096", "--token-ttl=15m"],
        ["node", "--max-old-space-size=768", "dist/server.js"],
        ["--leader-elect-resource-name=6f1ed002-ab55-4b2c-9d2b-0c9a6fbd9a51"],
    ],
)
def test_ordinary_command_line_passes(items: list[str]) -> None:
    assert items_with_credentials(items) == set()


@given(st.lists(st.text(max_size=40)))
def test_never_fails(items: list[str]) -> None:
    assert items_with_credentials(items) <= set(range(len(items)))
