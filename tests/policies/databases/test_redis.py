"""What a Redis server is told is read from wherever it stands, and reading it never fails."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.databases.redis.acl import open_users, users
from policies.databases.redis.command_line import Directive, arguments, directives, invocations
from policies.judging.judge import judge_stack
from policies.objects.resources import Resource, from_manifest
from policies.objects.values import Manifest, Secret
from policies.rule import Finding, Outcome

SERVER = "StatefulSet/redis"
CONTAINER = "spec.template.spec.containers.redis"
CONFIG = "ConfigMap/redis-config-0123456789"


@pytest.mark.parametrize(
    ("line", "name", "values"),
    [
        ("Port 0", "port", ("0",)),
        ("\t appendonly  yes \r", "appendonly", ("yes",)),
        ('requirepass "a \\"b\\" c"', "requirepass", ('a "b" c',)),
        ("requirepass ''", "requirepass", ("",)),
        ("save 900 1 300 10", "save", ("900", "1", "300", "10")),
        ("appendonly yes # really", "appendonly", ("yes", "#", "really")),
        ("port", "port", ()),
    ],
)
def test_line_is_read(line: str, name: str, values: tuple[str, ...]) -> None:
    assert list(directives(f"# port 1\n\n{line}\n")) == [Directive(name, values)]


@pytest.mark.parametrize(
    ("words", "path", "options"),
    [
        ((), "", []),
        (("/c.conf",), "/c.conf", []),
        (("/c.conf", "--port", "0", "--TLS-Port 6379"), "/c.conf", ["port 0", "tls-port 6379"]),
        (("--save", "", "--appendonly", "yes"), "", ["save ", "appendonly yes"]),
        (("--requirepass", "$(WORD)", "--port", "$PORT"), "", ["requirepass $(WORD)", "port $PORT"]),
        (("--",), "", []),
    ],
)
def test_arguments_are_read(words: tuple[str, ...], path: str, options: list[str]) -> None:
    read = arguments(words)
    assert (read.path, read.opaque) == (path, False)
    assert [" ".join((each.name, *each.values)) for each in read.directives] == options


@pytest.mark.parametrize(
    ("words", "options"),
    [
        (("/c.conf", "--port", "0", "-"), []),
        (("/c.conf", "$MORE", "--port", "0"), [Directive("port", ("0",))]),
        (("--port", "0", "${MORE}"), []),
        (("--port", "0", "$@", "--daemonize", "no"), [Directive("daemonize", ("no",))]),
    ],
)
def test_what_a_variable_may_change_is_not_believed(words: tuple[str, ...], options: list[Directive]) -> None:
    read = arguments(words)
    assert (read.opaque, list(read.directives)) == (True, options)


@pytest.mark.parametrize(
    ("words", "starts"),
    [
        (["redis-server"], [()]),
        (["/usr/local/bin/redis-server", "/c.conf"], [("/c.conf",)]),
        (["docker-entrypoint.sh", "redis-server", "--port", "0"], [("--port", "0")]),
        (["sh", "-c", "exec redis-server /c.conf"], [("/c.conf",)]),
        (["tini", "--", "/bin/bash", "-euc", "redis-server /c.conf &\nwait"], [("/c.conf",)]),
        (["sh", "-c", "set -e; if true; then redis-server a; else redis-server b; fi"], [("a",), ("b",)]),
        (["sh", "-c", "redis-server \\\n  --port 0 # plain\necho done"], [("--port", "0")]),
        (["sh", "-c", "redis-server --requirepass $(cat /pw) --port 0"], [("--requirepass", "$_", "--port", "0")]),
        (["sh", "-c", "redis-server --port 0 2>&1 >/dev/null"], [("--port", "0")]),
        (["sh", "-c", "echo redis-server /c.conf; pgrep redis-server"], []),
        (["sh", "-c", "redis-server --logfile 'never closed"], [("--logfile",)]),
        (["sh", "/start.sh", "redis-server"], []),
        (["sh", "-c"], []),
        (["redis-cli", "ping"], []),
        ([], []),
    ],
)
def test_servers_are_found_in_a_command_line(words: list[str], starts: list[tuple[str, ...]]) -> None:
    assert list(invocations(words)) == starts


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ["default"]),
        ("user default off", []),
        ("user default on", []),
        ("user default on nopass", ["default"]),
        ("USER default ON NoPass ~* +@all", ["default"]),
        ("user default on >secret", []),
        ("user default nopass off", []),
        ("user default on nopass >secret", []),
        ("user default on >secret nopass", ["default"]),
        ("user default on nopass resetpass", []),
        ("user default on nopass reset", []),
        ("user default off\nuser api on nopass", ["api"]),
        ("# user default on nopass\nuser default off\nuser\n", []),
    ],
)
def test_open_users_are_named(text: str, names: list[str]) -> None:
    assert open_users(users(text)) == names


WORDS = st.text("redis-server /c.onf\"'\\#$(){}[]<>;&|`\n\t*=~éa0", max_size=40)


@settings(max_examples=300)
@given(
    text=st.text(max_size=80) | WORDS, words=st.lists(st.sampled_from(["sh", "-c", "redis-server", "--", "-"]) | WORDS)
)
def test_reading_never_fails(text: str, words: list[str]) -> None:
    for directive in directives(text):
        assert directive.name == directive.name.lower()
    open_users(users(text))
    arguments(words)
    for start in invocations(words):
        arguments(start)


@settings(max_examples=100)
@given(text=WORDS, args=st.lists(WORDS | st.sampled_from(["/c/redis.conf", "--aclfile", "--dir", "include", ".."])))
def test_no_configuration_is_a_defect(text: str, args: list[str]) -> None:
    found = judged(text, args)
    assert [each.message for each in found if each.outcome is Outcome.DEFECT] == []


def judged(text: str, args: list[str]) -> list[Finding]:
    pod = {
        "containers": [
            {"name": "r", "image": "redis", "args": args, "volumeMounts": [{"name": "c", "mountPath": "/c"}]},
        ],
        "volumes": [{"name": "c", "configMap": {"name": "c"}}],
    }
    server = {"apiVersion": "apps/v1", "kind": "Deployment", "spec": {"template": {"spec": pod}}}
    config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": {"redis.conf": text}}
    return judge_stack([from_manifest(server), from_manifest(config)], stack="production")


def second(golden: Any, **changes: Any) -> None:
    """Let half of the nodes be in a StatefulSet of their own."""
    golden.change({SERVER: {"spec.replicas": 3}})
    other: Manifest = copy.deepcopy(golden.objects[SERVER])
    other["metadata"]["name"] = "redis-b"
    other["spec"] |= changes
    golden.objects["StatefulSet/redis-b"] = other


def test_stateful_sets_of_one_service_are_one_cluster(golden: Any) -> None:
    second(golden)
    assert "redis-nodes" not in golden.ids()


def test_stateful_sets_of_one_instance_are_one_cluster(golden: Any) -> None:
    label = "app.kubernetes.io/instance"
    golden.objects[SERVER]["spec"]["template"]["metadata"]["labels"][label] = "sessions"
    second(golden, serviceName="redis-b")
    assert "redis-nodes" not in golden.ids()


def test_stateful_sets_without_anything_in_common_are_two_clusters(golden: Any) -> None:
    second(golden, serviceName="redis-b")
    assert "redis-nodes" in golden.ids()


def test_other_stateful_sets_of_the_service_are_no_nodes(golden: Any) -> None:
    second(golden)
    golden.objects["StatefulSet/redis-b"]["spec"]["template"]["spec"]["containers"][0] |= {
        "command": ["/exporter"],
        "image": "docker.io/oliver006/redis_exporter",
    }
    assert "redis-nodes" in golden.ids()


def test_message_names_the_directive_its_value_and_where_it_stands(golden: Any) -> None:
    data = golden.objects[CONFIG]["data"]
    data["redis.conf"] = data["redis.conf"].replace("appendonly yes", "appendonly no")
    (finding,) = golden.findings()
    assert finding.message == (
        "StatefulSet production/redis: spec.template.spec.containers[redis].args is "
        "appendonly no in /config/redis.conf, must be appendonly yes"
    )


def test_unusual_value_is_not_shown(golden: Any) -> None:
    golden.change({SERVER: {f"{CONTAINER}.args": Secret(["/config/redis.conf", "--appendonly", "canary-9d1f"])}})
    (message,) = (each.message for each in golden.findings() if each.rule.id.startswith("redis-"))
    assert "canary" not in message
    assert "containers[redis].args is appendonly another value, must be appendonly yes" in message


def test_client_budget_says_what_it_counts(golden: Any) -> None:
    golden.change({SERVER: {f"{CONTAINER}.args": ["/config/redis.conf", "--maxclients", "50"]}})
    (finding,) = golden.findings()
    assert "is maxclients 50, must be maxclients at least 51: 33 of the API's pods and 3 for each of 6 nodes" in (
        finding.message
    )


@pytest.mark.parametrize(("complete", "outcomes"), [(True, set()), (False, {Outcome.UNDETERMINED})])
def test_config_map_outside_the_files_may_hold_the_pool(golden: Any, complete: Any, outcomes: Any) -> None:
    golden.change({"ConfigMap/merchant-backend-config-0123456789": None})
    resources: list[Resource] = golden.resources()
    found = judge_stack(resources, stack="production", complete=complete)
    assert {each.outcome for each in found if each.rule.id == "redis-client-budget"} == outcomes


def test_redis_without_the_api_has_no_clients_to_count(golden: Any) -> None:
    golden.change({"Deployment/merchant-backend": None, SERVER: {f"{CONTAINER}.args": ["--maxclients", "1"]}})
    assert "redis-client-budget" not in golden.ids()
