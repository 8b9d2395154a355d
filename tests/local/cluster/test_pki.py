from __future__ import annotations

import ssl
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from cryptography.x509.oid import NameOID
from cryptography.x509.verification import PolicyBuilder, Store

from infra.cluster import Cluster
from infra.local.cluster import pki
from infra.local.cluster.layout import Machine

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    made = Machine(str(tmp_path_factory.mktemp("pki")), {}, api_port=7443)
    pki.create(made, NOW)
    return made


def certificate(machine: Machine, name: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate((machine.pki / f"{name}.crt").read_bytes())


def issued(machine: Machine) -> list[str]:
    return sorted(p.stem for p in machine.pki.glob("*.crt") if p.stem != "ca")


def test_only_their_owner_may_read_them(machine: Machine) -> None:
    assert machine.pki.stat().st_mode & 0o777 == 0o700
    files = [*machine.pki.iterdir(), machine.dir / "kubeconfig"]
    assert {p.stat().st_mode & 0o777 for p in files} == {0o600}


def test_every_certificate_is_signed_by_the_authority_and_fits_its_key(machine: Machine) -> None:
    authority = certificate(machine, "ca")
    for name in issued(machine):
        found = certificate(machine, name)
        found.verify_directly_issued_by(authority)
        key = load_pem_private_key((machine.pki / f"{name}.key").read_bytes(), None)
        assert key.public_key() == found.public_key(), name


def test_the_authoritys_key_is_kept_nowhere(machine: Machine) -> None:
    assert not (machine.pki / "ca.key").exists()
    public = certificate(machine, "ca").public_key()
    for path in machine.pki.glob("*.key"):
        assert load_pem_private_key(path.read_bytes(), None).public_key() != public


def test_certificates_are_valid_from_before_their_making_for_years(machine: Machine) -> None:
    for name in ["ca", *issued(machine)]:
        found = certificate(machine, name)
        assert found.not_valid_before_utc < NOW
        assert (found.not_valid_after_utc - NOW).days == 3650


@pytest.mark.parametrize(
    ("name", "hosts"),
    [
        ("apiserver", ["127.0.0.1", "10.240.0.10", "10.96.0.1", "localhost", "kubernetes.default.svc.cluster.local"]),
        ("metrics-server", ["metrics-server.kube-system.svc", "10.240.0.10"]),
        ("kubelet-serving-node3", ["10.240.0.12", "node3"]),
    ],
)
def test_servers_are_certified_under_every_name_they_are_called_by(
    machine: Machine, name: str, hosts: list[str]
) -> None:
    names = certificate(machine, name).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    found = [str(n) for n in (*names.get_values_for_type(x509.DNSName), *names.get_values_for_type(x509.IPAddress))]
    assert set(hosts) <= set(found)


def test_identities_are_those_that_kubernetes_grants_rights_to(machine: Machine) -> None:
    def identity(name: str) -> tuple[object, ...]:
        subject = certificate(machine, name).subject
        return tuple(
            a.value for o in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME) for a in subject.get_attributes_for_oid(o)
        )

    assert identity("admin") == ("admin", "system:masters")
    assert identity("kubelet-node2") == ("system:node:node2", "system:nodes")
    assert identity("scheduler") == ("system:kube-scheduler",)
    assert identity("controller-manager") == ("system:kube-controller-manager",)
    assert identity("front-proxy") == ("front-proxy",)


def test_service_account_keys_belong_together(machine: Machine) -> None:
    private = load_pem_private_key((machine.pki / "sa.key").read_bytes(), None)
    assert private.public_key() == load_pem_public_key((machine.pki / "sa.pub").read_bytes())


def test_the_administrators_kubeconfig_loads_and_names_the_hosts_port(machine: Machine) -> None:
    cluster = Cluster.connect(kubeconfig=machine.dir / "kubeconfig")
    assert cluster.server == "https://127.0.0.1:7443"
    configuration = cluster._client.configuration
    assert configuration.ssl_ca_cert == str(machine.pki / "ca.crt")


def test_kubeconfigs_name_files_instead_of_holding_keys(machine: Machine) -> None:
    for path in [*machine.pki.glob("*.kubeconfig"), machine.dir / "kubeconfig"]:
        user = yaml.safe_load(path.read_text())["users"][0]["user"]
        assert set(user) == {"client-certificate", "client-key"}
        for file in user.values():
            assert file.startswith(f"{machine.pki}/")


def test_daemons_meet_the_api_server_inside_or_on_the_host_when_simulated(machine: Machine, tmp_path: Path) -> None:
    def server(of: Machine) -> str:
        document = yaml.safe_load((of.pki / "scheduler.kubeconfig").read_text())
        return str(document["clusters"][0]["cluster"]["server"])

    simulated = Machine(str(tmp_path), {}, api_port=7443, simulated=True)
    pki.create(simulated)
    assert server(machine) == "https://10.240.0.10:6443"
    assert server(simulated) == "https://127.0.0.1:7443"


def handshake(machine: Machine, *, host: str = "127.0.0.1") -> str:
    """A TLS handshake in memory, both sides certified; the client as strict as Python 3.13 is by default."""
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(machine.pki / "ca.crt"))
    server.verify_mode = ssl.CERT_REQUIRED
    server.load_cert_chain(machine.pki / "apiserver.crt", machine.pki / "apiserver.key")
    client = ssl.create_default_context(cafile=str(machine.pki / "ca.crt"))
    client.load_cert_chain(machine.pki / "admin.crt", machine.pki / "admin.key")
    for side in (server, client):
        side.verify_flags |= ssl.VERIFY_X509_STRICT
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    here = client.wrap_bio(down, up, server_hostname=host)
    there = server.wrap_bio(up, down, server_side=True)
    for _ in range(3):
        for side_ in (here, there):
            try:
                side_.do_handshake()
            except ssl.SSLWantReadError:
                continue
    there.write(b"x")
    assert here.read(1) == b"x"
    return str(dict(part[0] for part in (there.getpeercert() or {})["subject"])["commonName"])


@pytest.fixture
def fresh(tmp_path: Path) -> Machine:
    made = Machine(str(tmp_path), {}, nodes=1)
    pki.create(made)
    return made


def test_both_sides_accept_each_other_under_the_strictest_checks(fresh: Machine) -> None:
    assert handshake(fresh) == "admin"
    assert handshake(fresh, host="kubernetes.default.svc") == "admin"


def test_another_name_is_refused(fresh: Machine) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(fresh, host="example.com")


def test_the_chain_verifies_as_browsers_do_it(fresh: Machine) -> None:
    store = Store([certificate(fresh, "ca")])
    verifier = PolicyBuilder().store(store).build_server_verifier(x509.DNSName("localhost"))
    assert verifier.verify(certificate(fresh, "apiserver"), [])
