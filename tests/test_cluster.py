"""The Kubernetes API client against a tiny HTTP server that answers as an API server would."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from infra.cluster import ApiError, Cluster
from infra.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RESOURCES = {"resources": [
    {"name": "secrets", "kind": "Secret", "namespaced": True},
    {"name": "configmaps", "kind": "ConfigMap", "namespaced": True},
    {"name": "pods", "kind": "Pod", "namespaced": True},
    {"name": "pods/log", "kind": "Pod", "namespaced": True},
    {"name": "namespaces", "kind": "Namespace", "namespaced": False},
]}  # fmt: skip


class Server(ThreadingHTTPServer):
    """Answers by path; remembers the requests."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, tuple[int, Any]] = {"/api/v1": (200, RESOURCES)}
        self.requests: list[tuple[str, str, Any]] = []
        self.accepted = ""

    def kubeconfig(self, **context: str) -> str:
        return json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "c",
            "clusters": [{"name": "k", "cluster": {"server": f"http://127.0.0.1:{self.server_port}"}}],
            "users": [{"name": "u", "user": {"token": "t0ken"}}],
            "contexts": [{"name": "c", "context": {"cluster": "k", "user": "u", **context}}],
        })  # fmt: skip


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        self.server.requests.append((self.command, self.path, body))
        self.server.accepted = self.headers["Accept"]
        status, content = self.server.answers.get(self.path.partition("?")[0], (404, {"reason": "NotFound"}))
        if self.headers["Authorization"] != "Bearer t0ken":
            status, content = 401, {"reason": "Unauthorized", "message": "Unauthorized"}
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_PATCH = do_POST = do_DELETE = answer  # noqa: N815 - the library's names

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


@pytest.fixture
def cluster(server: Server) -> Cluster:
    return Cluster.connect(kubeconfig=server.kubeconfig(namespace="shop"))


def manifest(kind: str = "ConfigMap", **fields: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": "x", "namespace": "n"}, **fields}


def test_the_namespace_of_the_context_is_known(cluster: Cluster) -> None:
    assert cluster.namespace == "shop"


def test_a_missing_object_is_none(cluster: Cluster) -> None:
    assert cluster.get("v1", "ConfigMap", "x", "n") is None


def test_a_secret_s_metadata_is_asked_for_without_its_values(server: Server, cluster: Cluster) -> None:
    server.answers["/api/v1/namespaces/n/secrets/x"] = 200, {"metadata": {"name": "x"}}
    assert cluster.metadata("v1", "Secret", "x", "n") == {"metadata": {"name": "x"}}
    assert server.accepted == "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
    assert cluster.metadata("v1", "Secret", "gone", "n") is None


def test_a_kind_is_discovered_once(server: Server, cluster: Cluster) -> None:
    assert cluster.path("v1", "Pod", namespace="n", name="p") == "/api/v1/namespaces/n/pods/p"
    assert cluster.path("v1", "Namespace", namespace="ignored", name="n") == "/api/v1/namespaces/n"
    assert [path for _, path, _ in server.requests] == ["/api/v1"]


def test_an_unknown_kind_is_named(cluster: Cluster) -> None:
    with pytest.raises(
        ApiError, match=r"Gadget: the cluster at .* does not know this kind in example.com/v1"
    ) as caught:
        cluster.path("example.com/v1", "Gadget")
    assert caught.value.status == 404


def test_apply_sends_the_whole_object_under_our_manager(server: Server, cluster: Cluster) -> None:
    server.answers["/api/v1/namespaces/n/configmaps/x"] = 200, manifest(data={"a": "1"})
    assert cluster.apply(manifest(), dry_run=True)["data"] == {"a": "1"}
    method, path, body = server.requests[-1]
    assert method == "PATCH"
    assert path.endswith("?fieldManager=rez-infra&force=false&fieldValidation=Strict&dryRun=All")
    assert body == manifest()


def test_every_refused_field_is_one_line(server: Server, cluster: Cluster) -> None:
    causes = [
        {"field": "spec.a", "message": "Required value", "reason": "FieldValueRequired"},
        {"field": ".data.b", "message": 'conflict with "kubectl"\nusing v1', "reason": "FieldManagerConflict"},
    ]
    server.answers["/api/v1/namespaces/n/configmaps/x"] = 422, {"reason": "Invalid", "details": {"causes": causes}}
    with pytest.raises(ApiError) as caught:
        cluster.apply(manifest())
    assert str(caught.value).splitlines() == [
        "ConfigMap n/x: spec.a: Required value",
        'ConfigMap n/x: data.b: conflict with "kubectl" using v1',
    ]
    assert (caught.value.status, caught.value.reason) == (422, "Invalid")


@pytest.mark.parametrize("status", [400, 422, 500])
def test_a_refused_secret_is_not_quoted(server: Server, cluster: Cluster, status: int) -> None:
    quoted = {"reason": "Invalid", "message": "not a key: hunter2"}
    causes = [{"field": "data.k", "message": 'Invalid value: "hunter2"', "reason": "FieldValueInvalid"}]
    for answer in (quoted, {**quoted, "details": {"causes": causes}}):
        server.answers["/api/v1/namespaces/n/secrets/x"] = status, answer
        with pytest.raises(ApiError) as caught:
            cluster.apply(manifest("Secret"))
        assert "hunter2" not in str(caught.value) + str(caught.value.causes)


def test_a_server_that_does_not_answer_is_unavailable(server: Server, cluster: Cluster) -> None:
    gone = Cluster.connect(kubeconfig=server.kubeconfig().replace(str(server.server_port), "9"))
    with pytest.raises(UnavailableError, match=r"cluster unavailable: http://127.0.0.1:9: Connection refused; check"):
        gone.get("v1", "Pod", "p", "n")
    server.answers["/api/v1"] = 503, b"starting"
    with pytest.raises(UnavailableError, match="HTTP 503"):
        cluster.get("v1", "Pod", "p", "n")


def test_no_kubeconfig_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match=r"no usable kubeconfig at .*absent.*set KUBECONFIG"):
        Cluster.connect(kubeconfig=tmp_path / "absent")


@pytest.mark.parametrize(
    "content", [b"\xa2\xff", b"[1]", b"text", b"", b"clusters: [{}]", b"contexts: {}\nclusters: 1"]
)
def test_a_file_that_is_no_kubeconfig_is_one_line(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "config"
    file.write_bytes(content)
    with pytest.raises(UnavailableError, match=r"no usable kubeconfig at .*config: .*set KUBECONFIG") as caught:
        Cluster.connect(kubeconfig=file)
    assert "\n" not in str(caught.value)


def test_bytes_that_are_no_certificate_are_one_line(server: Server) -> None:
    broken = (
        server.kubeconfig()
        .replace("http:", "https:")
        .replace('"server"', '"certificate-authority-data": "abcde", "server"')
    )
    assert "abcde" in broken
    with pytest.raises(UnavailableError, match="no usable kubeconfig"):
        Cluster.connect(kubeconfig=broken)


def test_an_unknown_context_is_unavailable(server: Server) -> None:
    with pytest.raises(UnavailableError, match="other"):
        Cluster.connect(kubeconfig=server.kubeconfig(), context="other")


def test_a_watch_yields_events_until_its_end(server: Server, cluster: Cluster) -> None:
    events = [{"type": "ADDED", "object": manifest()}, {"type": "DELETED", "object": manifest()}]
    server.answers["/api/v1/namespaces/n/configmaps"] = (
        200,
        b"".join(json.dumps(event).encode() + b"\n" for event in events),
    )
    seen = list(cluster.watch("v1", "ConfigMap", "n", labels="a=b", resource_version="7", timeout_s=1))
    assert seen == [("ADDED", manifest()), ("DELETED", manifest())]
    assert "resourceVersion=7" in server.requests[-1][1]
    assert "labelSelector=a%3Db" in server.requests[-1][1]


def test_a_watch_from_too_long_ago_is_410(server: Server, cluster: Cluster) -> None:
    event = {"type": "ERROR", "object": {"code": 410, "reason": "Expired", "message": "too old"}}
    server.answers["/api/v1/namespaces/n/configmaps"] = 200, json.dumps(event).encode() + b"\n"
    with pytest.raises(ApiError, match="too old") as caught:
        list(cluster.watch("v1", "ConfigMap", "n", resource_version="1", timeout_s=1))
    assert caught.value.status == 410


def test_a_list_has_kinds_and_the_version_to_watch_from(server: Server, cluster: Cluster) -> None:
    page = {"metadata": {"resourceVersion": "42"}, "items": [{"metadata": {"name": "x"}}]}
    server.answers["/api/v1/namespaces/n/configmaps"] = 200, page
    items, version = cluster.list_page("v1", "ConfigMap", "n")
    assert (items[0]["kind"], items[0]["apiVersion"], version) == ("ConfigMap", "v1", "42")


def test_logs_are_text(server: Server, cluster: Cluster) -> None:
    server.answers["/api/v1/namespaces/n/pods/p/log"] = 200, b"one\ntwo\n"
    assert cluster.logs("n", "p", "api", previous=True, tail=2) == "one\ntwo\n"
    assert server.requests[-1][1].endswith("?container=api&previous=true&tailLines=2")


def test_deleting_what_is_gone_is_fine(cluster: Cluster) -> None:
    cluster.delete("v1", "ConfigMap", "x", "n")
    cluster.delete("example.com/v1", "Gadget", "x", "n")


PROXY = "/api/v1/namespaces/n/pods/p:3000/proxy/health"


def test_a_pod_is_asked_through_the_api_server(server: Server, cluster: Cluster) -> None:
    server.answers[PROXY] = 503, {"status": "unavailable"}
    assert cluster.ask_pod("n", "p", 3000, "/health") == (503, '{"status": "unavailable"}')


@pytest.mark.parametrize(("code", "kind"), [(503, UnavailableError), (404, ApiError), (403, ApiError)])
def test_what_the_api_server_says_of_a_pod_is_not_the_pods_answer(
    server: Server, cluster: Cluster, code: int, kind: type[Exception]
) -> None:
    status = b'{"kind":"Status","apiVersion":"v1","message":"error trying to reach service: dial tcp","code":%d}' % code
    server.answers[PROXY] = code, status
    with pytest.raises(kind, match="error trying to reach service"):
        cluster.ask_pod("n", "p", 3000, "/health")


def test_a_change_is_merged_into_a_live_object(server: Server, cluster: Cluster) -> None:
    server.answers["/api/v1/namespaces/n/pods/p"] = 200, {}
    cluster.patch("v1", "Pod", "p", "n", {"metadata": {"labels": {"app": "shop"}}})
    assert server.requests[-1] == ("PATCH", "/api/v1/namespaces/n/pods/p", {"metadata": {"labels": {"app": "shop"}}})
