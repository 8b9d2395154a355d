"""The one interface to where images come from: which digest a version is, and whether it may run."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from infra.errors import PolicyViolation, PreconditionError
from infra.supply.verifier import Untrusted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from infra.manifests.release import Release
    from infra.supply.registry import Registry
    from infra.supply.verifier import Verifier

_BUNDLE: Final = "application/vnd.dev.sigstore.bundle"
_UNTOLD: Final = "application/vnd.oci.empty.v1+json"
"""What a registry that knows no artifact types lists instead: the type of the config that an artifact goes without."""
_MOST_BUNDLES: Final = 20


class Images:
    """The images of one repository, and who must have built them."""

    def __init__(self, registry: Registry, verifier: Verifier | None, *, say: Callable[[str], None]) -> None:
        self._registry = registry
        self._verifier = verifier
        self._say = say

    def digest(self, version: str) -> str:
        """The digest that the registry has for a version.

        Raises:
            PreconditionError: There is no such tag, or the registry refuses.
            UnavailableError: The registry does not answer.
        """
        found = self._registry.digest(version)
        if found is None:
            message = (
                f"version {version!r}: {self._registry.repository.text} has no such tag; "
                "push the image, or give another version"
            )
            raise PreconditionError(message)
        return found

    def labels(self, release: Release) -> Mapping[str, str]:
        """The labels of a release's image; of one of its platforms, if it has several.

        Raises:
            PreconditionError: The registry refuses.
            UnavailableError: It does not answer, or has no such image.
        """
        manifest = self._registry.manifest(release.image.partition("@")[2])
        if platforms := [each for each in manifest.get("manifests") or () if _is_platform(each)]:
            manifest = self._registry.manifest(str(platforms[0].get("digest")))
        config = self._registry.document(str((manifest.get("config") or {}).get("digest")))
        found: Mapping[str, str] = (config.get("config") or {}).get("Labels") or {}
        return found

    def verify(self, release: Release) -> None:
        """Refuse an image that nobody trusted vouches for.

        Raises:
            PolicyViolation: There is no attestation that does.
            PreconditionError: The registry refuses.
            UnavailableError: The registry does not answer.
        """
        if self._verifier is None:
            self._say(
                f"provenance: not set, so whoever may push to {self._registry.repository.text} decides what runs; "
                "set provenance.repository and provenance.workflow in the stack file"
            )
            return
        digest = release.image.partition("@")[2]
        expected = self._verifier.expected(release.version)
        reasons: list[str] = []
        for bundle in self._bundles(digest):
            try:
                self._verifier.check(bundle, version=release.version, digest=digest)
            except Untrusted as error:
                reasons.append(str(error))
            else:
                self._say(f"{release.version}: built by {expected}")
                return
        raise PolicyViolation("\n".join(_refusal(release, expected, reasons)))

    def _bundles(self, digest: str) -> Iterator[bytes]:
        attached = (found for found in self._registry.referrers(digest) if _may_hold_bundle(found.get("artifactType")))
        for descriptor in islice(attached, _MOST_BUNDLES):
            layers = self._registry.manifest(str(descriptor.get("digest"))).get("layers")
            for layer in layers if isinstance(layers, list) else ():
                if isinstance(layer, dict) and _is_bundle(layer.get("mediaType")):
                    yield self._registry.blob(str(layer.get("digest")))


def _is_platform(descriptor: Mapping[str, Any]) -> bool:
    """Whether it is an image, and not what a builder says of one."""
    return (descriptor.get("platform") or {}).get("os") != "unknown"


def _may_hold_bundle(artifact_type: object) -> bool:
    return artifact_type == _UNTOLD or _is_bundle(artifact_type)


def _is_bundle(media_type: object) -> bool:
    return isinstance(media_type, str) and media_type.startswith(_BUNDLE)


def _refusal(release: Release, expected: str, reasons: list[str]) -> list[str]:
    what = f"{release.version} ({release.image})"
    if not reasons:
        nobody = "no attestation is attached to it, so nobody says who built it"
        return [f"{what}: {nobody}; it must be built by {expected}, which attests it (see docs/app-release.yml)"]
    unique = dict.fromkeys(reasons)
    return [f"{what}: no attestation vouches for it as built by {expected}:", *(f"  {reason}" for reason in unique)]
