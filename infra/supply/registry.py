"""What a repository has: tags, manifests, blobs, and what refers to an image (the OCI distribution API)."""

from __future__ import annotations

import hashlib
import json
import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from infra.errors import PreconditionError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from infra.supply.connection import Answer, Connection

INDEX: Final = "application/vnd.oci.image.index.v1+json"
MANIFESTS: Final = (
    f"{INDEX}, application/vnd.docker.distribution.manifest.list.v2+json, "
    "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json"
)
_TAG: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")
_MOST_PAGES: Final = 10


class Registry:
    """Reads one repository; nothing is taken from it whose digest does not fit."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.repository = connection.repository

    def digest(self, tag: str) -> str | None:
        """The digest that a tag stands for; None when there is no such tag.

        Raises:
            PreconditionError: It can be no tag, or the registry refuses.
            UnavailableError: The registry does not answer.
        """
        if not _TAG.fullmatch(tag):
            message = f"version {tag[:80]!r}: can be no tag: 1 to 128 letters, digits, '.', '_' or '-'"
            raise PreconditionError(message)
        answer = self._connection.ask("HEAD", f"manifests/{tag}", MANIFESTS)
        if answer.status == HTTPStatus.NOT_FOUND:
            return None
        digest = answer.headers.get("docker-content-digest", "")
        if not digest:  # a registry may leave it out: then the manifest itself tells
            answer = self._connection.ask("GET", f"manifests/{tag}", MANIFESTS)
            digest = _sha256(answer.body) if answer.status == HTTPStatus.OK else ""
        if not _DIGEST.fullmatch(digest):
            raise self._connection.unavailable(f"tag {tag} has no digest that can be used ({digest[:80]!r})")
        return digest

    def manifest(self, digest: str) -> Mapping[str, Any]:
        """A manifest by its digest."""
        return self._json(self._by_digest(f"manifests/{digest}", digest, MANIFESTS))

    def blob(self, digest: str) -> bytes:
        """A blob by its digest."""
        return self._by_digest(f"blobs/{digest}", digest, "*/*")

    def document(self, digest: str) -> Mapping[str, Any]:
        """A blob that is a JSON object, by its digest."""
        return self._json(self.blob(digest))

    def referrers(self, digest: str) -> Iterator[Mapping[str, Any]]:
        """Descriptors of what was attached to an image: by the API for it, else by the tag that stands in for it."""
        answer = self._connection.ask("GET", f"referrers/{digest}", INDEX)
        if answer.status == HTTPStatus.NOT_FOUND:
            answer = self._connection.ask("GET", f"manifests/{digest.replace(':', '-')}", INDEX)
        pages = 0
        while answer.status == HTTPStatus.OK:
            descriptors = self._json(answer.body).get("manifests")
            yield from (found for found in descriptors or () if isinstance(found, dict))
            pages += 1
            if pages == _MOST_PAGES or not answer.next.startswith(f"{self.repository.url}/"):
                return
            answer = self._connection.ask("GET", answer.next, INDEX)

    def _by_digest(self, path: str, digest: str, accept: str) -> bytes:
        if not _DIGEST.fullmatch(digest):
            raise self._connection.unavailable(f"it names a part by {digest[:80]!r}, which is no SHA-256 digest")
        answer: Answer = self._connection.ask("GET", path, accept)
        if answer.status != HTTPStatus.OK:
            raise self._connection.unavailable(f"it names {digest}, and does not have it")
        if _sha256(answer.body) != digest:
            raise self._connection.unavailable(f"what it gives for {digest} has the digest {_sha256(answer.body)}")
        return answer.body

    def _json(self, body: bytes) -> Mapping[str, Any]:
        try:
            content = json.loads(body)
        except ValueError:
            content = None
        if not isinstance(content, dict):
            raise self._connection.unavailable("an answer is no JSON object")
        return content


def _sha256(body: bytes) -> str:
    return f"sha256:{hashlib.sha256(body).hexdigest()}"
