from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.supply.sigstore_instance import WORKFLOW, Claims, Sigstore, statement
from tests.supply.support import DIGEST, OTHER, refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.supply.verifier import GitHubBuild

    Build = Callable[..., GitHubBuild]


def test_what_the_workflow_built_at_the_versions_tag_is_trusted(sigstore: Sigstore, build: Build) -> None:
    build().check(sigstore.bundle(statement(DIGEST), Claims()), version="v1.2.3", digest=DIGEST)


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        pytest.param(Claims(issuer="https://accounts.google.com"), "OIDCIssuerV2", id="issuer"),
        pytest.param(
            Claims(workflow=f"https://github.com/rezapp/merchant-backend/{WORKFLOW}@refs/heads/main"),
            "refs/heads/main",
            id="branch",
        ),
        pytest.param(Claims(ref="refs/tags/v1.2.2"), "refs/tags/v1.2.2", id="other-tag"),
        pytest.param(
            Claims(workflow="https://github.com/rezapp/merchant-backend/.github/workflows/ci.yml@refs/tags/v1.2.3"),
            "ci.yml",
            id="other-workflow",
        ),
        pytest.param(
            Claims(workflow=f"https://github.com/mallory/merchant-backend/{WORKFLOW}@refs/tags/v1.2.3"),
            "mallory",
            id="other-repository",
        ),
        pytest.param(
            Claims(source="https://github.com/mallory/fork"), "mallory/fork", id="our-workflow-called-by-another"
        ),
    ],
)
def test_another_identity_is_refused_with_what_it_is(
    sigstore: Sigstore, build: Build, claims: Claims, reason: str
) -> None:
    assert reason in refusal(build(), sigstore.bundle(statement(DIGEST), claims))


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        pytest.param(statement(OTHER), OTHER, id="other-image"),
        pytest.param(statement("sha512:" + "a" * 64), "sha512:", id="other-algorithm"),
        pytest.param(statement(DIGEST, subject=[]), "about nothing", id="no-image"),
        pytest.param(statement(DIGEST, subject={"digest": {"sha256": "a" * 64}}), "about nothing", id="no-list"),
        pytest.param(statement(DIGEST, predicateType="https://spdx.dev/Document/v2.3"), "spdx.dev", id="sbom"),
        pytest.param(statement(DIGEST, _type="https://in-toto.io/Statement/v0.1"), "no statement", id="old-statement"),
    ],
)
def test_another_statement_is_refused_with_what_it_says(
    sigstore: Sigstore, build: Build, said: dict[str, Any], reason: str
) -> None:
    assert reason in refusal(build(), sigstore.bundle(said, Claims()))


def test_another_kind_of_payload_is_refused(sigstore: Sigstore, build: Build) -> None:
    bundle = sigstore.bundle(statement(DIGEST), Claims(), payload_type="application/json")
    assert "no statement" in refusal(build(), bundle)


def test_another_instance_of_sigstore_is_refused(build: Build) -> None:
    refusal(build(), Sigstore().bundle(statement(DIGEST), Claims()))


def test_parts_of_two_good_attestations_make_no_third(sigstore: Sigstore, build: Build) -> None:
    about_another = json.loads(sigstore.bundle(statement(OTHER), Claims()))
    ours = json.loads(sigstore.bundle(statement(DIGEST), Claims()))
    for part in ("verificationMaterial", "dsseEnvelope"):
        refusal(build(), json.dumps({**ours, part: about_another[part]}).encode(), digest=OTHER)
        refusal(build(), json.dumps({**ours, part: about_another[part]}).encode())


@pytest.mark.parametrize("junk", [b"", b"[]", b"{}", b"null", b"\xff", b'{"mediaType": 1}'])
def test_what_is_no_bundle_is_refused(build: Build, junk: bytes) -> None:
    refusal(build(), junk)
