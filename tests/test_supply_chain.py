"""What guards the project's own supply chain, and the app's: the bill of materials, Dependabot, the sample workflow."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.local.paths import ROOT
from infra.manifests.names import REPOSITORY
from infra.rollout.releases import resolve

APP_RELEASE = ROOT / "docs" / "app-release.yml"
PINNED = re.compile(r"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
LOCKS = {"uv.lock": "uv", "go.mod": "gomod", "package-lock.json": "npm"}


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "--", *patterns], cwd=ROOT, check=True, capture_output=True, text=True)
    return [Path(line) for line in listed.stdout.splitlines()]


def updates() -> list[dict[str, Any]]:
    return yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text(encoding="utf-8"))["updates"]


def covered(ecosystem: str, folder: Path) -> bool:
    """Whether Dependabot looks into a folder."""
    path = "/" if folder == Path() else f"/{folder}"
    return any(
        fnmatch(path, pattern) and path.count("/") == pattern.count("/")
        for update in updates()
        if update["package-ecosystem"] == ecosystem
        for pattern in update.get("directories") or [update["directory"]]
    )


def workflow() -> dict[str, Any]:
    return yaml.safe_load(APP_RELEASE.read_text(encoding="utf-8"))


def step(job: str, action: str) -> dict[str, Any]:
    (found,) = [step["with"] for step in workflow()["jobs"][job]["steps"] if step.get("uses", "").startswith(action)]
    return found


def test_the_bill_of_materials_names_every_locked_package_with_its_hashes(tmp_path: Path) -> None:
    target = tmp_path / "sbom.json"
    # The environment is not made anew for a test, whatever happened to the lock.
    subprocess.run(["make", "-s", "-o", ".venv/.synced", "sbom", f"SBOM={target}"], cwd=ROOT, check=True, timeout=60)
    bill = json.loads(target.read_text(encoding="utf-8"))
    locked = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))["package"]
    named = {(part["name"], part["version"]) for part in [bill["metadata"]["component"], *bill["components"]]}
    assert named == {(package["name"], package["version"]) for package in locked}
    assert (bill["bomFormat"], bill["metadata"]["component"]["name"]) == ("CycloneDX", "rez-infra")
    for part in bill["components"]:
        assert part["purl"] == f"pkg:pypi/{part['name']}@{part['version']}"
        assert all(reference["hashes"] for reference in part["externalReferences"])


def test_dependabot_looks_at_every_lock() -> None:
    locks = {(LOCKS[lock.name], lock.parent) for lock in tracked(*LOCKS, *(f"**/{name}" for name in LOCKS))}
    locks |= {("pip", text.parent) for text in tracked("*.txt") if "--hash=" in (ROOT / text).read_text("utf-8")}
    assert len(locks) > 10
    assert [lock for lock in locks if not covered(*lock)] == []


def test_what_installs_everything_else_is_locked_itself() -> None:
    """Every job runs it, also those that may deploy."""
    command = ["make", "-n", "-B", ".venv/.synced"]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60).stdout
    installs = re.findall(r"pip install [^|\n]*", shown)
    assert installs
    assert [line for line in installs if "--require-hashes --requirement .ci/uv.txt" not in line] == []


def test_dependabot_looks_at_every_workflow() -> None:
    assert covered("github-actions", Path())  # the root stands for .github/workflows
    assert covered("github-actions", APP_RELEASE.parent.relative_to(ROOT))


def test_new_versions_wait_for_a_week() -> None:
    assert [update["package-ecosystem"] for update in updates() if update["cooldown"]["default-days"] < 7] == []


def test_every_action_of_the_sample_is_pinned_by_its_commit() -> None:
    used = [line.strip(" -") for line in APP_RELEASE.read_text(encoding="utf-8").splitlines() if "uses:" in line]
    assert len(used) == 6
    assert [line for line in used if not PINNED.fullmatch(line)] == []


def test_the_sample_gives_each_job_only_what_it_needs() -> None:
    assert workflow()["permissions"] == {}
    jobs = workflow()["jobs"]
    assert jobs["image"]["permissions"] == {"contents": "read", "id-token": "write", "attestations": "write"}
    assert jobs["hand-over"]["permissions"] == {}
    granted = {
        key: value for key, value in step("hand-over", "actions/create-").items() if key.startswith("permission")
    }
    assert granted == {"permission-actions": "write"}


def test_the_sample_attests_the_image_that_is_deployed_where_it_is_looked_for() -> None:
    name = REPOSITORY.removeprefix("docker.io/")
    assert workflow()["env"]["IMAGE"] == name
    assert step("image", "docker/build-push-action")["tags"] == "docker.io/${{ env.IMAGE }}:${{ github.ref_name }}"
    attested = step("image", "actions/attest-build-provenance")
    assert attested["subject-name"] == "index.docker.io/${{ env.IMAGE }}"
    assert attested["subject-digest"] == "${{ steps.push.outputs.digest }}"
    assert attested["push-to-registry"] is True


def test_the_sample_hands_over_what_a_deploy_reads() -> None:
    last = workflow()["jobs"]["hand-over"]["steps"][-1]
    assert last["env"]["RELEASE"] == "${{ github.ref_name }}@${{ needs.image.outputs.digest }}"
    digest = "sha256:" + "a" * 64
    text = last["env"]["RELEASE"].replace("${{ github.ref_name }}", "v1.2.3")
    text = text.replace("${{ needs.image.outputs.digest }}", digest)
    release = resolve(text, stack="production", known={}, repository=REPOSITORY)
    assert str(release) == f"v1.2.3={REPOSITORY}@{digest}"


@pytest.mark.parametrize("text", ["${{", "$("])
def test_the_sample_puts_no_foreign_text_into_a_script(text: str) -> None:
    scripts = [step["run"] for job in workflow()["jobs"].values() for step in job["steps"] if "run" in step]
    assert scripts
    assert not any(text in script for script in scripts)
