"""Records the build provenance of a real release: `python3 tests/supply/record.py`, by a Python that has pip.

It is what GitHub's own action signed for `pypi_attestations-0.0.19.tar.gz`, as the source package of a later release of
that project keeps it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

FIXTURE = Path(__file__).parent / "fixtures" / "provenance.sigstore.json"
PACKAGE = "pypi-attestations==0.0.30"
MEMBER = "pypi_attestations-0.0.30/test/assets/pypi_attestations-0.0.19.tar.gz.slsa.attestation"


def attestation() -> dict[str, Any]:
    """The attestation in PyPI's own form (PEP 740)."""
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "download", "--quiet"]
        subprocess.run([*pip, "--no-deps", "--no-binary=:all:", "--dest", folder, PACKAGE], check=True)
        with tarfile.open(next(Path(folder).glob("*.tar.gz"))) as package:
            member = package.extractfile(MEMBER)
            assert member is not None
            return json.load(member)


def bundle(found: dict[str, Any]) -> dict[str, Any]:
    """The same facts as a Sigstore bundle, the form in which registries have them."""
    material, envelope = found["verification_material"], found["envelope"]
    return {
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "verificationMaterial": {
            "certificate": {"rawBytes": material["certificate"]},
            "tlogEntries": material["transparency_entries"],
        },
        "dsseEnvelope": {
            "payload": envelope["statement"],
            "payloadType": "application/vnd.in-toto+json",
            "signatures": [{"sig": envelope["signature"]}],
        },
    }


if __name__ == "__main__":
    FIXTURE.parent.mkdir(exist_ok=True)
    FIXTURE.write_text(json.dumps(bundle(attestation()), indent=1) + "\n", encoding="utf-8")
