"""The only module that talks to the Kubernetes API: thin REST over the official client's configuration and pool."""

from __future__ import annotations

import json
import os
import threading
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote, urlencode

from infra.errors import UnavailableError
from infra.kubeconfig import load
from infra.rejection import ApiError, from_status, subject_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kubernetes.client import ApiClient
    from urllib3 import BaseHTTPResponse

    from infra.manifests import Manifest

    Manifests = list[Manifest]

APPLY_PATCH = "application/apply-patch+yaml"
METADATA_ALONE = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
FIELD_MANAGER = "rez-infra"
POOL_SIZE = 32
_UNAVAILABLE = frozenset({502, 503, 504})
_STATUS = '{"kind":"Status"'

__all__ = ["FIELD_MANAGER", "ApiError", "Cluster"]


class Cluster:
    """One Kubernetes API server, spoken to as one user; safe to share between threads."""

    def __init__(self, client: ApiClient, *, namespace: str = "default") -> None:
        self._client = client
        self._kinds: dict[tuple[str, str], tuple[str, bool]] = {}
        self._discovery = threading.Lock()
        self.server: str = client.configuration.host.rstrip("/")
        self.namespace = namespace
        """The namespace of the kubeconfig's context."""

    @classmethod
    def connect(cls, *, kubeconfig: str | Path | None = None, context: str | None = None) -> Self:
        """Read the kubeconfig; the server itself is met at the first request.

        Args:
            kubeconfig: A path or the text of a kubeconfig; `$KUBECONFIG`, else `~/.kube/config`, when absent.
            context: A context of the kubeconfig; its current one when absent.

        Raises:
            UnavailableError: There is no usable kubeconfig.
        """
        from kubernetes import client

        configuration = client.Configuration()
        configuration.connection_pool_maxsize = POOL_SIZE
        source = str(kubeconfig or os.environ.get("KUBECONFIG") or "~/.kube/config")
        namespace = load(configuration, source, context)
        return cls(client.ApiClient(configuration), namespace=namespace)

    def request(  # noqa: PLR0913 - an HTTP request has that many parts
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        content_type: str = "application/json",
        accept: str = "application/json",
        timeout_s: float = 10.0,
    ) -> dict[str, Any]:
        """Send one request and return the JSON object of the answer.

        Raises:
            ApiError: The server refused.
            UnavailableError: It does not answer.
        """
        response = self._send(method, path, query, body, content_type, timeout_s, accept=accept)
        answer: dict[str, Any] = json.loads(response.data or b"{}")
        return answer

    def path(self, api_version: str, kind: str, *, namespace: str | None = None, name: str | None = None) -> str:
        """Return the URL path of a kind's collection, or of one object of it.

        Args:
            api_version: Group and version, such as `apps/v1`.
            kind: Such as `Deployment`.
            namespace: Ignored for kinds that have none; all namespaces when absent.
            name: The object; the collection when absent.

        Raises:
            ApiError: 404, the server does not know the kind.
        """
        plural, namespaced = self._resource(api_version, kind)
        scope = f"/namespaces/{quote(namespace)}" if namespaced and namespace else ""
        return f"{_root(api_version)}{scope}/{plural}" + (f"/{quote(name)}" if name else "")

    def namespaced(self, api_version: str, kind: str) -> bool:
        """Tell whether objects of the kind live in a namespace."""
        return self._resource(api_version, kind)[1]

    def get(self, api_version: str, kind: str, name: str, namespace: str | None = None) -> Manifest | None:
        """Return the live object, or None when there is none of that name."""
        return self._found(self.path(api_version, kind, namespace=namespace, name=name), "application/json")

    def metadata(self, api_version: str, kind: str, name: str, namespace: str) -> Manifest | None:
        """Return a live object without what is in it, or None when there is none of that name: for Secrets."""
        return self._found(self.path(api_version, kind, namespace=namespace, name=name), METADATA_ALONE)

    def list(
        self, api_version: str, kind: str, namespace: str | None = None, *, labels: str = "", fields: str = ""
    ) -> Manifests:
        """Return all live objects of a kind that the selectors match."""
        return self.list_page(api_version, kind, namespace, labels=labels, fields=fields)[0]

    def list_page(
        self, api_version: str, kind: str, namespace: str | None = None, *, labels: str = "", fields: str = ""
    ) -> tuple[Manifests, str]:
        """Do as `list`, and return the resourceVersion to start a watch from."""
        query = _selectors(labels, fields)
        answer = self.request("GET", self.path(api_version, kind, namespace=namespace), query=query, timeout_s=30)
        items = [{"apiVersion": api_version, "kind": kind, **item} for item in answer.get("items") or []]
        return items, answer.get("metadata", {}).get("resourceVersion", "")

    def apply(
        self, manifest: Manifest, *, field_manager: str = FIELD_MANAGER, force: bool = False, dry_run: bool = False
    ) -> Manifest:
        """Server-side apply: create the object, or change the fields of this manager, and return the result."""
        query = {"fieldManager": field_manager, "force": str(force).lower(), "fieldValidation": "Strict"}
        if dry_run:
            query["dryRun"] = "All"
        path = self._path_of(manifest, name=manifest["metadata"]["name"])
        return self.request("PATCH", path, query=query, body=manifest, content_type=APPLY_PATCH, timeout_s=30)

    def patch(self, api_version: str, kind: str, name: str, namespace: str, change: Mapping[str, Any]) -> Manifest:
        """Merge a change into a live object, leave everything else alone, and return the result."""
        path = self.path(api_version, kind, namespace=namespace, name=name)
        return self.request("PATCH", path, body=change, content_type="application/merge-patch+json")

    def create(self, manifest: Manifest, *, dry_run: bool = False) -> Manifest:
        """Create an object that must not exist yet; 409 when it does."""
        query = {"fieldManager": FIELD_MANAGER, **({"dryRun": "All"} if dry_run else {})}
        return self.request("POST", self._path_of(manifest), query=query, body=manifest, timeout_s=30)

    def replace(self, manifest: Manifest) -> Manifest:
        """Put an object in place of the live one; 409 when its resourceVersion is another by now."""
        path = self._path_of(manifest, name=manifest["metadata"]["name"])
        return self.request("PUT", path, query={"fieldManager": FIELD_MANAGER}, body=manifest)

    def delete(
        self, api_version: str, kind: str, name: str, namespace: str | None = None, *, propagation: str = "Background"
    ) -> None:
        """Begin to delete an object; one that is gone already is fine."""
        try:
            path = self.path(api_version, kind, namespace=namespace, name=name)
            self.request("DELETE", path, body={"propagationPolicy": propagation}, timeout_s=30)
        except ApiError as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise

    def watch(  # noqa: PLR0913 - the selectors of `list`
        self,
        api_version: str,
        kind: str,
        namespace: str | None = None,
        *,
        labels: str = "",
        fields: str = "",
        resource_version: str,
        timeout_s: float,
    ) -> Iterator[tuple[str, Manifest]]:
        """Yield changes after a resourceVersion as (type, object), until the timeout; BOOKMARK included.

        Raises:
            ApiError: 410 when the resourceVersion is too old: list again.
            UnavailableError: The connection was lost.
        """
        query = {
            "watch": "1",
            "allowWatchBookmarks": "true",
            "resourceVersion": resource_version,
            "timeoutSeconds": str(max(1, int(timeout_s))),
            **_selectors(labels, fields),
        }
        path = self.path(api_version, kind, namespace=namespace)
        response = self._send("GET", path, query, None, "application/json", timeout_s + 5, stream=True)
        try:
            for line in self._lines(response):
                event = json.loads(line)
                if event["type"] == "ERROR":
                    raise from_status(event["object"], event["object"].get("code", 500), f"watch of {kind}")
                yield event["type"], event["object"]
        finally:
            response.close()

    def logs(self, namespace: str, pod: str, container: str, *, previous: bool = False, tail: int = 50) -> str:
        """Return the last lines that a container wrote, or that its crashed predecessor did."""
        query = {"container": container, "previous": str(previous).lower(), "tailLines": str(tail)}
        path = self.path("v1", "Pod", namespace=namespace, name=pod) + "/log"
        return self._send("GET", path, query, None, "application/json", 10).data.decode(errors="replace")

    def ask_pod(self, namespace: str, pod: str, port: int, path: str, *, timeout_s: float = 5.0) -> tuple[int, str]:
        """Get a page of a pod through the API server's proxy, and return the pod's own status and body.

        Raises:
            ApiError: The API server refuses to ask, or knows no such pod.
            UnavailableError: It does not answer, or does not reach the pod.
        """
        whole = f"{self.path('v1', 'Pod', namespace=namespace, name=pod)}:{port}/proxy{path}"
        response = self._exchange("GET", whole, None, None, "application/json", timeout_s)
        body = response.data.decode(errors="replace")
        # What the API server itself has to say is a Status, whatever the app answers with.
        if response.status >= HTTPStatus.BAD_REQUEST and body.startswith(_STATUS):
            raise self._refusal(response, f"Pod {namespace}/{pod}{path}", secret=False)
        return response.status, body

    def _found(self, path: str, accept: str) -> Manifest | None:
        try:
            return self.request("GET", path, accept=accept)
        except ApiError as error:
            if error.status == HTTPStatus.NOT_FOUND:
                return None
            raise

    def _path_of(self, manifest: Manifest, *, name: str | None = None) -> str:
        namespace = manifest["metadata"].get("namespace") or self.namespace
        return self.path(manifest["apiVersion"], manifest["kind"], namespace=namespace, name=name)

    def _resource(self, api_version: str, kind: str) -> tuple[str, bool]:
        found = self._kinds.get((api_version, kind))
        if found is None:
            with self._discovery:
                found = self._kinds.get((api_version, kind)) or self._discover(api_version, kind)
        return found

    def _discover(self, api_version: str, kind: str) -> tuple[str, bool]:
        try:
            resources = self.request("GET", _root(api_version)).get("resources", [])
        except ApiError as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise
            resources = []
        for resource in resources:
            if "/" not in resource["name"]:
                self._kinds[api_version, resource["kind"]] = resource["name"], resource["namespaced"]
        if (api_version, kind) not in self._kinds:
            message = f"{kind}: the cluster at {self.server} does not know this kind in {api_version}"
            raise ApiError(message, status=HTTPStatus.NOT_FOUND, reason="NotFound")
        return self._kinds[api_version, kind]

    def _send(  # noqa: PLR0913, PLR0917 - an HTTP request has that many parts
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None,
        body: Mapping[str, Any] | None,
        content_type: str,
        timeout_s: float,
        *,
        accept: str = "application/json",
        stream: bool = False,
    ) -> BaseHTTPResponse:
        response = self._exchange(method, path, query, body, content_type, timeout_s, accept=accept, stream=stream)
        if response.status >= HTTPStatus.BAD_REQUEST:
            subject = subject_of(body) or f"{method} {path}"
            raise self._refusal(response, subject, secret=(body or {}).get("kind") == "Secret")
        return response

    def _exchange(  # noqa: PLR0913, PLR0917 - an HTTP request has that many parts
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None,
        body: Mapping[str, Any] | None,
        content_type: str,
        timeout_s: float,
        *,
        accept: str = "application/json",
        stream: bool = False,
    ) -> BaseHTTPResponse:
        import urllib3

        headers = {"Accept": accept, "User-Agent": FIELD_MANAGER}
        for setting in self._client.configuration.auth_settings().values():
            headers[setting["key"]] = setting["value"]
        if body is not None:
            headers["Content-Type"] = content_type
        url = f"{self.server}{path}" + (f"?{urlencode(query)}" if query else "")
        data = None if body is None else json.dumps(body).encode()
        timeout = urllib3.Timeout(connect=min(5.0, timeout_s), read=timeout_s)
        pool = self._client.rest_client.pool_manager
        throttled = urllib3.Retry(
            5, connect=0, read=0, other=0, redirect=0, status_forcelist=[429], allowed_methods=None
        )
        throttled.raise_on_status = False
        try:
            return pool.request(
                method, url, headers=headers, body=data, timeout=timeout, preload_content=not stream, retries=throttled
            )
        except urllib3.exceptions.HTTPError as error:
            raise self._unavailable(error) from error

    def _lines(self, response: BaseHTTPResponse) -> Iterator[bytes]:
        import urllib3

        rest = b""
        try:
            for chunk in response.stream(None):
                *lines, rest = (rest + chunk).split(b"\n")
                yield from lines
        except urllib3.exceptions.HTTPError as error:
            raise self._unavailable(error) from error

    def _unavailable(self, error: Exception) -> UnavailableError:
        cause = getattr(error, "reason", None) or error
        inner = cause.__cause__ or next((part for part in cause.args if isinstance(part, Exception)), cause)
        why = getattr(inner, "strerror", None) or str(inner).rsplit(": ", maxsplit=1)[-1]
        remedy = "check that it runs (`rez local status`) and that KUBECONFIG names it"
        return UnavailableError(f"cluster unavailable: {self.server}: {why}; {remedy}")

    def _refusal(self, response: BaseHTTPResponse, subject: str, *, secret: bool) -> Exception:
        try:
            status = json.loads(response.data)
        except ValueError:
            status = {"message": response.data.decode(errors="replace")[:300]}
        if response.status in _UNAVAILABLE:
            why = f"HTTP {response.status} {status.get('message', '')}".strip()
            return UnavailableError(f"cluster unavailable: {self.server}: {why}")
        return from_status(status, response.status, subject, secret=secret)


def _root(api_version: str) -> str:
    return f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"


def _selectors(labels: str, fields: str) -> dict[str, str]:
    return {key: value for key, value in (("labelSelector", labels), ("fieldSelector", fields)) if value}
