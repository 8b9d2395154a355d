"""Who built an image: a signed attestation, checked with Sigstore's own library."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from infra.errors import PreconditionError
from infra.supply import statement
from infra.text import line

if TYPE_CHECKING:
    from collections.abc import Callable

    from sigstore.verify import Verifier as Keys
    from sigstore.verify.policy import VerificationPolicy

ISSUER: Final = "https://token.actions.githubusercontent.com"
"""Who says which workflow asks for a certificate: GitHub Actions."""

_GITHUB: Final = "https://github.com"


class Untrusted(Exception):
    """An attestation does not vouch for the image; the message says why."""


class Verifier(Protocol):
    """Tells whether an attestation vouches for an image."""

    def expected(self, version: str) -> str:
        """Who must have built a version."""

    def check(self, bundle: bytes, *, version: str, digest: str) -> None:
        """Check one attestation.

        Raises:
            Untrusted: It does not vouch for this image as this version.
        """


@dataclass(frozen=True)
class GitHubBuild:
    """Trusts what one workflow of one GitHub repository built at the tag that has the version's name.

    The certificate of a reusable workflow names that workflow, whoever called it: so the repository that was built,
    and its tag, are checked by themselves.

    Attributes:
        repository: `OWNER/NAME`.
        workflow: The workflow's file, like `.github/workflows/release.yml`.
        keys: Sigstore's keys, asked for once something is to be checked.
    """

    repository: str
    workflow: str
    keys: Callable[[], Keys]

    def expected(self, version: str) -> str:
        """The workflow at the version's tag, as certificates name it."""
        return f"{_GITHUB}/{self.repository}/{self.workflow}@{_ref(version)}"

    def check(self, bundle: bytes, *, version: str, digest: str) -> None:
        """Check the certificate, its place in the log, the signature, the identity and what is said.

        Raises:
            Untrusted: One of them is wrong.
        """
        from sigstore.models import Bundle

        keys = self.keys()
        try:
            kind, payload = keys.verify_dsse(Bundle.from_json(bundle), self._policy(version))
        except Exception as error:  # noqa: BLE001 - a hostile bundle can fail in any way, and then it vouches for nothing
            raise Untrusted(line(error) or type(error).__name__) from None
        if problem := statement.problem(kind, payload, digest=digest):
            raise Untrusted(problem)

    def _policy(self, version: str) -> VerificationPolicy:
        from sigstore.verify import policy

        return policy.AllOf(
            [
                policy.OIDCIssuerV2(ISSUER),
                policy.OIDCSourceRepositoryURI(f"{_GITHUB}/{self.repository}"),
                policy.OIDCSourceRepositoryRef(_ref(version)),
                policy.Identity(identity=self.expected(version)),
            ]
        )


def _ref(version: str) -> str:
    return f"refs/tags/{version}"


def public_keys(say: Callable[[str], None]) -> Keys:
    """The keys of Sigstore's public instance: of this day, else those that came with its library.

    Args:
        say: Told when they could not be brought up to date.

    Raises:
        PreconditionError: There is no place to keep them.
    """
    from sigstore import __version__
    from sigstore.errors import Error
    from sigstore.verify import Verifier as Keys

    logging.getLogger("sigstore").setLevel(logging.ERROR)  # we say it ourselves
    try:
        try:
            return Keys.production()
        except Error:
            say(f"Sigstore's keys cannot be brought up to date: those of its library {__version__} are used")
            return Keys.production(offline=True)
    except OSError as error:
        message = (
            f"Sigstore's keys cannot be kept in the cache folder: {line(error)}; set XDG_CACHE_HOME to one that can"
        )
        raise PreconditionError(message) from None
