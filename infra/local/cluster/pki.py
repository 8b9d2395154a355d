"""Certificates and kubeconfigs of the local cluster."""

from __future__ import annotations

import ipaddress
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from infra.local.cluster.layout import CONTROL_PLANE_IP, DNS_IP, DOMAIN, KUBERNETES_IP, Machine

if TYPE_CHECKING:
    from pathlib import Path

_DAYS = 3650
_Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def _pem(key: _Key) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _store(path: Path, data: bytes) -> None:
    path.touch(mode=0o600, exist_ok=True)
    path.write_bytes(data)


def _name(common_name: str, organization: str = "") -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)]
    if organization:
        parts.insert(0, x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization))
    return x509.Name(parts)


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _usage(*, is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        encipher_only=False,
        decipher_only=False,
    )


class Authority:
    """The cluster's certificate authority.

    Args:
        folder: Where keys, certificates and kubeconfigs are written, readable by their owner alone.
        now: Certificates are valid from an hour before it.
    """

    def __init__(self, folder: Path, now: datetime) -> None:
        self.folder = folder
        self.now = now
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = self._sign(_name("rez-local"), self.key, hosts=(), is_authority=True)
        _store(folder / "ca.crt", self.certificate.public_bytes(serialization.Encoding.PEM))

    def _sign(self, subject: x509.Name, key: _Key, *, hosts: tuple[str, ...], is_authority: bool) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(_name("rez-local"))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(self.now - timedelta(hours=1))
            .not_valid_after(self.now + timedelta(days=_DAYS))
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            .add_extension(_usage(is_authority=is_authority), critical=True)
            # Strict clients (Python 3.13 is one) refuse a chain whose links do not name each other.
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
        )
        if not is_authority:
            usages = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
            builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=False)
        if hosts:
            builder = builder.add_extension(
                x509.SubjectAlternativeName([_alternative(h) for h in hosts]), critical=False
            )
        return builder.sign(self.key, hashes.SHA256())

    def issue(self, file: str, common_name: str, organization: str = "", hosts: tuple[str, ...] = ()) -> None:
        """Write `<file>.crt` and `<file>.key`."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._sign(_name(common_name, organization), key, hosts=hosts, is_authority=False)
        _store(self.folder / f"{file}.crt", certificate.public_bytes(serialization.Encoding.PEM))
        _store(self.folder / f"{file}.key", _pem(key))

    def kubeconfig(self, file: str, server: str) -> Path:
        """Write `<file>.kubeconfig` for an identity issued before.

        It names files: clients copy keys that are inside a kubeconfig to temporary files, which a killed one leaves.
        """
        document: dict[str, Any] = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [
                {
                    "name": "rez-local",
                    "cluster": {"server": server, "certificate-authority": str(self.folder / "ca.crt")},
                }
            ],
            "users": [
                {
                    "name": file,
                    "user": {
                        "client-certificate": str(self.folder / f"{file}.crt"),
                        "client-key": str(self.folder / f"{file}.key"),
                    },
                }
            ],
            "contexts": [{"name": "rez-local", "context": {"cluster": "rez-local", "user": file}}],
            "current-context": "rez-local",
        }
        path = self.folder / f"{file}.kubeconfig"
        _store(path, json.dumps(document).encode())
        return path


def _service_account_key(folder: Path) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    _store(folder / "sa.key", _pem(key))
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    _store(folder / "sa.pub", public)


_CLIENTS = {
    "controller-manager": ("system:kube-controller-manager", ""),
    "scheduler": ("system:kube-scheduler", ""),
    "kube-proxy": ("system:kube-proxy", ""),
    "coredns": ("system:serviceaccount:kube-system:coredns", ""),
    "metrics-server-client": ("system:serviceaccount:kube-system:metrics-server", ""),
    "kwok": ("kwok", "system:masters"),
}


def create(machine: Machine, now: datetime | None = None) -> None:
    """Write every certificate and kubeconfig the machine needs; the administrator's goes to the run folder."""
    folder = machine.pki
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    authority = Authority(folder, now or datetime.now(UTC))
    _service_account_key(folder)
    inside = f"https://127.0.0.1:{machine.api_port}" if machine.simulated else f"https://{CONTROL_PLANE_IP}:6443"
    names = tuple(f"kubernetes{s}" for s in ("", ".default", ".default.svc", f".default.svc.{DOMAIN}"))
    authority.issue(
        "apiserver", "kube-apiserver", hosts=("127.0.0.1", CONTROL_PLANE_IP, KUBERNETES_IP, "localhost", *names)
    )
    authority.issue("front-proxy", "front-proxy")
    authority.issue("apiserver-kubelet", "kube-apiserver-kubelet-client", "system:masters")
    authority.issue(
        "metrics-server", "metrics-server", hosts=("metrics-server.kube-system.svc", CONTROL_PLANE_IP, DNS_IP)
    )
    for file, (common_name, organization) in _CLIENTS.items():
        authority.issue(file, common_name, organization)
        authority.kubeconfig(file, inside)
    for node in machine.node_list():
        authority.issue(
            f"kubelet-serving-{node.name}", f"system:node:{node.name}", "system:nodes", (node.ip, node.name)
        )
        authority.issue(f"kubelet-{node.name}", f"system:node:{node.name}", "system:nodes")
        authority.kubeconfig(f"kubelet-{node.name}", inside)
    authority.issue("admin", "admin", "system:masters")
    admin = authority.kubeconfig("admin", f"https://127.0.0.1:{machine.api_port}")
    admin.rename(machine.dir / "kubeconfig")
