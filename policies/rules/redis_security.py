"""Redis: nobody without a password, nothing in plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from policies.cluster.mounts import content
from policies.databases.redis.acl import open_users, users
from policies.databases.redis.configuration import configurations, in_working_directory
from policies.databases.redis.servers import KINDS, servers
from policies.limits import REDIS_SOURCE
from policies.objects.node import UndeterminedError
from policies.rule import About, Severity, graph_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.databases.redis.configuration import Configuration
    from policies.objects.graph import Graph
    from policies.objects.node import Node, Violation

_AUTHENTICATION: Final = """\
kind: ConfigMap
data:
  redis.conf: |
    aclfile /users/users.acl
"""
_ENCRYPTION: Final = """\
kind: ConfigMap
data:
  redis.conf: |
    port 0
    tls-port 6379
    tls-cluster yes
    tls-replication yes
"""
_DEFAULT_PORT: Final = "6379"


@graph_rule(
    About(
        id="redis-auth",
        severity=Severity.CRITICAL,
        title="Redis lets nobody in without a password, and protected mode stays on",
        why="Whoever reaches the port reads every session, and can load code into the server",
        remedy="name the users in an ACL file from a Secret, the default user off, and leave protected-mode alone",
        snippet=_AUTHENTICATION,
        source="runbook, Security Maintenance; Redis documentation, Redis security and ACL",
    ),
    kinds=KINDS,
    each=servers,
)
def authentication(container: Node, graph: Graph) -> Iterator[Violation]:
    """Ask for a password of every user; an ACL file that cannot be seen is trusted to have them."""
    for configuration in configurations(container, graph):
        if configuration.text("protected-mode").lower() == "no":
            yield configuration.must("protected-mode", "yes or left out")
        if path := configuration.text("aclfile"):
            yield from _acl_file(configuration, path, graph)
        elif lines := configuration.all("user"):
            named = [*lines, *([("default", "on", ">set")] if _default_is_safe(configuration, lines) else [])]
            for name in open_users(named):
                yield configuration.must("user", f"{name} off or with a password")
        elif not configuration.given("requirepass"):
            yield configuration.must("requirepass", "set, or better aclfile")


@graph_rule(
    About(
        id="redis-tls",
        severity=Severity.CRITICAL,
        title="Redis speaks TLS only: to clients, on the cluster bus and to replicas",
        why="Passwords and sessions would cross the network in plain text",
        remedy="set port 0, tls-port 6379, tls-cluster yes and tls-replication yes, with a certificate",
        snippet=_ENCRYPTION,
        source=f"{REDIS_SOURCE}; Redis documentation, TLS",
    ),
    kinds=KINDS,
    each=servers,
)
def encryption(container: Node, graph: Graph) -> Iterator[Violation]:
    """Ask for the TLS port alone, and in a cluster for TLS between its nodes; what is seen is judged first."""
    for configuration in configurations(container, graph):
        for name in sorted(("tls-port", "port", "tls-cluster", "tls-replication"), key=configuration.hidden):
            yield from _encrypted(configuration, name)


def _encrypted(configuration: Configuration, name: str) -> Iterator[Violation]:
    match name:
        case "tls-port":
            if configuration.text(name, "0") == "0":
                yield configuration.must(name, _DEFAULT_PORT)
        case "port":
            if configuration.text(name, _DEFAULT_PORT) != "0":
                yield configuration.must(name, "0")
        case _:
            if configuration.text(name).lower() != "yes" and configuration.text("cluster-enabled").lower() == "yes":
                yield configuration.must(name, "yes")


def _acl_file(configuration: Configuration, path: str, graph: Graph) -> Iterator[Violation]:
    try:
        text = content(configuration.container, in_working_directory(configuration.container, path), graph)
    except UndeterminedError:
        return
    for name in open_users(users(text)):
        yield configuration.must("aclfile", f"a file with user {name} off or with a password")


def _default_is_safe(configuration: Configuration, lines: list[tuple[str, ...]]) -> bool:
    return not any(line[:1] == ("default",) for line in lines) and configuration.given("requirepass")
