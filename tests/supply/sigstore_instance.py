"""A Sigstore of our own, with real keys: it certifies any identity, logs it, and signs for it."""

from __future__ import annotations

import base64
import hashlib
import json
import struct
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from infra.supply.verifier import ISSUER

if TYPE_CHECKING:
    from pathlib import Path

    from sigstore.models import TrustedRoot

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
STARTED = "2026-01-01T00:00:00Z"
SCT_LIST = ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2")
ORIGIN = "log.test"
REPOSITORY = "rezapp/merchant-backend"
WORKFLOW = ".github/workflows/release.yml"


@dataclass(frozen=True)
class Claims:
    """What GitHub's token says of a run, as certificates name it."""

    issuer: str = ISSUER
    workflow: str = f"https://github.com/{REPOSITORY}/{WORKFLOW}@refs/tags/v1.2.3"
    source: str = f"https://github.com/{REPOSITORY}"
    ref: str = "refs/tags/v1.2.3"

    def but(self, **changed: str) -> Claims:
        return replace(self, **changed)


def statement(digest: str, **changed: Any) -> dict[str, Any]:
    """A build provenance, as GitHub's action writes it."""
    algorithm, _, value = digest.partition(":")
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": f"index.docker.io/{REPOSITORY}", "digest": {algorithm: value}}],
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {"buildDefinition": {"buildType": "https://actions.github.io/buildtypes/workflow/v1"}},
        **changed,
    }


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def public_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.DER, form)


def key_id(key: ec.EllipticCurvePrivateKey) -> bytes:
    return hashlib.sha256(public_bytes(key)).digest()


def sign(key: ec.EllipticCurvePrivateKey, data: bytes) -> bytes:
    return key.sign(data, ec.ECDSA(hashes.SHA256()))


class Sigstore:
    """A certificate authority, a log of its certificates, and a log of signatures."""

    def __init__(self) -> None:
        self._authority, self._certificates, self._log = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
        self._root = self._self_signed()

    def trusted_root(self, folder: Path) -> TrustedRoot:
        """The keys of this instance, in the form in which Sigstore's library reads them."""
        from sigstore.models import TrustedRoot

        path = folder / "trusted_root.json"
        path.write_text(json.dumps(self._keys()), encoding="utf-8")
        return TrustedRoot.from_file(str(path))

    def bundle(
        self, said: dict[str, Any], claims: Claims, *, payload_type: str = "application/vnd.in-toto+json"
    ) -> bytes:
        """Certify, sign and log a statement."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._certify(key, claims)
        payload = json.dumps(said).encode()
        head = f"DSSEv1 {len(payload_type)} {payload_type} {len(payload)} ".encode()
        signature = sign(key, head + payload)
        return json.dumps(
            {
                "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
                "verificationMaterial": {
                    "certificate": {"rawBytes": b64(certificate.public_bytes(serialization.Encoding.DER))},
                    "tlogEntries": [self._logged(payload, signature, certificate)],
                },
                "dsseEnvelope": {
                    "payload": b64(payload),
                    "payloadType": payload_type,
                    "signatures": [{"sig": b64(signature)}],
                },
            }
        ).encode()

    def _self_signed(self) -> x509.Certificate:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sigstore.test")])
        usage = dict.fromkeys(_USAGES, False) | {"key_cert_sign": True, "crl_sign": True}
        public = self._authority.public_key()
        return (
            _certificate(name, public, timedelta(days=3650))
            .subject_name(name)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(x509.KeyUsage(**usage), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .sign(self._authority, hashes.SHA256())
        )

    def _certify(self, key: ec.EllipticCurvePrivateKey, claims: Claims) -> x509.Certificate:
        usage = dict.fromkeys(_USAGES, False) | {"digital_signature": True}
        authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._authority.public_key())
        workflow = x509.SubjectAlternativeName([x509.UniformResourceIdentifier(claims.workflow)])
        builder = (
            _certificate(self._root.subject, key.public_key(), timedelta(minutes=10))
            .subject_name(x509.Name([]))
            .add_extension(x509.KeyUsage(**usage), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(authority, critical=False)
            .add_extension(workflow, critical=True)
        )
        for number, value in ((8, claims.issuer), (12, claims.source), (14, claims.ref)):
            oid = ObjectIdentifier(f"1.3.6.1.4.1.57264.1.{number}")
            builder = builder.add_extension(x509.UnrecognizedExtension(oid, asn1.encode_der(value)), critical=False)
        bare = builder.sign(self._authority, hashes.SHA256())
        stamp = x509.UnrecognizedExtension(SCT_LIST, asn1.encode_der(self._stamps(bare.tbs_certificate_bytes)))
        return builder.add_extension(stamp, critical=False).sign(self._authority, hashes.SHA256())

    def _stamps(self, certificate: bytes) -> bytes:
        """The list of one signed timestamp (RFC 6962) for a certificate that has none yet."""
        moment = struct.pack("!Q", int(NOW.timestamp() * 1000))
        entry = key_id(self._authority) + len(certificate).to_bytes(3, "big") + certificate
        signature = sign(self._certificates, b"\0\0" + moment + struct.pack("!H", 1) + entry + b"\0\0")
        tail = bytes([4, 3]) + struct.pack("!H", len(signature)) + signature
        stamp = b"\0" + key_id(self._certificates) + moment + b"\0\0" + tail
        return struct.pack("!HH", len(stamp) + 2, len(stamp)) + stamp

    def _logged(self, payload: bytes, signature: bytes, certificate: x509.Certificate) -> dict[str, Any]:
        """An entry in a log that has no other."""
        verifier = b64(certificate.public_bytes(serialization.Encoding.PEM))
        hashed = {"algorithm": "sha256", "value": hashlib.sha256(payload).hexdigest()}
        spec = {"envelopeHash": hashed, "payloadHash": hashed}
        spec |= {"signatures": [{"signature": b64(signature), "verifier": verifier}]}  # type: ignore[dict-item]
        body = canonical({"apiVersion": "0.0.1", "kind": "dsse", "spec": spec})
        root = hashlib.sha256(b"\0" + body).digest()
        note = f"{ORIGIN}\n1\n{b64(root)}\n"
        signed = b64(key_id(self._log)[:4] + sign(self._log, note.encode()))
        seconds = int(NOW.timestamp())
        promised = {"body": b64(body), "integratedTime": seconds, "logID": key_id(self._log).hex(), "logIndex": 0}
        return {
            "logIndex": "0",
            "logId": {"keyId": b64(key_id(self._log))},
            "kindVersion": {"kind": "dsse", "version": "0.0.1"},
            "integratedTime": str(seconds),
            "inclusionPromise": {"signedEntryTimestamp": b64(sign(self._log, canonical(promised)))},
            "inclusionProof": {
                "logIndex": "0",
                "rootHash": b64(root),
                "treeSize": "1",
                "hashes": [],
                "checkpoint": {"envelope": f"{note}\n\N{EM DASH} {ORIGIN} {signed}\n"},
            },
            "canonicalizedBody": b64(body),
        }

    def _keys(self) -> dict[str, Any]:
        def log(key: ec.EllipticCurvePrivateKey) -> dict[str, Any]:
            details = {"keyDetails": "PKIX_ECDSA_P256_SHA_256", "validFor": {"start": STARTED}}
            return {
                "baseUrl": f"https://{ORIGIN}",
                "hashAlgorithm": "SHA2_256",
                "publicKey": {"rawBytes": b64(public_bytes(key)), **details},
                "logId": {"keyId": b64(key_id(key))},
            }

        root = b64(self._root.public_bytes(serialization.Encoding.DER))
        return {
            "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            "tlogs": [log(self._log)],
            "ctlogs": [log(self._certificates)],
            "certificateAuthorities": [
                {
                    "subject": {"organization": "test", "commonName": "sigstore.test"},
                    "uri": f"https://{ORIGIN}",
                    "certChain": {"certificates": [{"rawBytes": root}]},
                    "validFor": {"start": STARTED},
                }
            ],
        }


_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


def _certificate(issuer: x509.Name, key: ec.EllipticCurvePublicKey, lifetime: timedelta) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(minutes=1))
        .not_valid_after(NOW + lifetime)
    )
