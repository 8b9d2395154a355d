"""What every backend's files can do, shown for a folder and for a bucket."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from infra.engine.folder_files import FolderFiles
from infra.engine.s3_files import S3Files
from infra.engine.state_files import checkpoint_of, open_at
from infra.errors import PreconditionError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from infra.engine.state_files import StateFiles

STATE = checkpoint_of("production")
REGION = "eu-central-1"


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    with mock_aws():
        s3 = boto3.client("s3", region_name=REGION)
        s3.create_bucket(Bucket="the-state", CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_bucket_versioning(Bucket="the-state", VersioningConfiguration={"Status": "Enabled"})
        yield


@pytest.fixture(params=["folder", "bucket", "bucket with a prefix"])
def files(request: pytest.FixtureRequest, tmp_path: Path, aws: None) -> StateFiles:
    place = {
        "folder": f"file://{tmp_path}/a%20b",
        "bucket": f"s3://the-state?region={REGION}",
        "bucket with a prefix": f"s3://the-state/below/here/?region={REGION}",
    }[request.param]
    found = open_at(place)
    assert found is not None
    return found


def test_what_is_written_is_read_and_listed(files: StateFiles) -> None:
    assert files.read("locks/a/one.json") is None
    assert files.names("locks/a") == []
    files.write("locks/a/one.json", b"1")
    files.write("locks/a/two.json", b"2")
    files.write("locks/a/below/three.json", b"3")
    files.write("locks/ab/four.json", b"4")
    assert files.names("locks/a") == ["locks/a/one.json", "locks/a/two.json"]
    assert files.read("locks/a/two.json") == b"2"
    files.remove("locks/a/two.json")
    files.remove("locks/a/two.json")
    assert files.names("locks/a") == ["locks/a/one.json"]


def test_a_state_keeps_what_it_was_newest_first(files: StateFiles) -> None:
    assert list(files.versions(STATE)) == []
    for content in (b"first", b"second", b"third"):
        files.write(STATE, content)
    versions = files.versions(STATE)
    assert [files.read_version(STATE, version) for version in versions] == [b"third", b"second", b"first"]
    assert [version.current for version in versions] == [True, False, False]
    assert [version.size for version in versions] == [5, 6, 5]
    assert len({version.id for version in versions}) == 3
    assert all(version.written.endswith("+00:00") for version in versions)


def test_the_copies_that_the_engine_makes_in_a_folder_are_versions(tmp_path: Path) -> None:
    state = tmp_path / STATE
    backups = tmp_path / ".pulumi/backups/rez-infra/production"
    for folder in (state.parent, backups):
        folder.mkdir(parents=True)
    state.write_text("now")
    state.with_name("production.json.bak").write_text("before")
    state.with_name("production.json.attrs").write_text("{}")
    (backups / "production.17.json").write_text("after an update")
    (backups / "production.17.json.attrs").write_text("{}")
    files = FolderFiles(tmp_path)
    held = {version.id: files.read_version(STATE, version) for version in files.versions(STATE)}
    assert held == {
        "production.json": b"now",
        "production.json.bak": b"before",
        "production.17.json": b"after an update",
    }
    assert files.versions(STATE)[0].id == "production.json"


def test_a_written_file_loses_the_description_of_what_it_was(tmp_path: Path) -> None:
    files = FolderFiles(tmp_path)
    files.write(STATE, b"first")
    description = tmp_path / f"{STATE}.attrs"
    description.write_text('{"md5": "of the first"}')
    files.write(STATE, b"second")
    assert not description.exists()
    assert [p.name for p in (tmp_path / STATE).parent.iterdir()] == ["production.json"]


@pytest.mark.parametrize("address", ["", "https://api.pulumi.com", "gs://bucket", "azblob://x", "s3://", "junk"])
def test_backends_elsewhere_have_no_files_for_us(address: str) -> None:
    assert open_at(address) is None


def test_the_address_may_hold_a_home_and_options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert open_at("file://~/a%20b?no_tmp_dir=true") == FolderFiles(tmp_path / "a b")


def test_a_bucket_that_is_not_there_is_said_with_the_remedy(aws: None) -> None:
    files = S3Files.at(f"s3://no-such-state?region={REGION}")
    assert files is not None
    for ask in (lambda: files.names("locks"), lambda: files.read(STATE), lambda: files.write(STATE, b"")):
        with pytest.raises(PreconditionError, match=r"s3://no-such-state.*no such bucket.*rez bootstrap aws"):
            ask()


def test_nobody_signed_in_and_nobody_there_are_told_apart(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    away = S3Files.at(f"s3://the-state?region={REGION}&endpoint=http://127.0.0.1:1")
    assert away is not None
    with pytest.raises(PreconditionError, match="AWS knows nobody here"):
        away.read(STATE)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    away = S3Files.at(f"s3://the-state?region={REGION}&endpoint=http://127.0.0.1:1")
    assert away is not None
    with pytest.raises(UnavailableError, match=r"AWS unavailable: s3://the-state.*127\.0\.0\.1:1"):
        away.read(STATE)
