"""State files in an S3 bucket (`s3://`)."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, urlsplit

from infra.aws import client as aws
from infra.engine.state_files import Version

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SCHEME = "s3"


class S3Files:
    """Objects of a bucket, below the backend's prefix.

    Args:
        bucket: Its name.
        prefix: What every key begins with; "" or with a slash at its end.
        region: None for the environment's.
        profile: None for the environment's.
        endpoint: None for AWS's own.
    """

    def __init__(self, bucket: str, prefix: str, region: str | None, profile: str | None, endpoint: str | None) -> None:
        self.bucket = bucket
        self._prefix = prefix
        self._where = {"region": region, "profile": profile, "endpoint": endpoint}

    @classmethod
    def at(cls, address: str) -> Self | None:
        """The files that a backend's URL names; None if it names no bucket."""
        url = urlsplit(address)
        if url.scheme != _SCHEME or not url.netloc:
            return None
        options = {name: values[-1] for name, values in parse_qs(url.query).items()}
        folder = url.path.strip("/")
        return cls(
            url.netloc,
            f"{folder}/" if folder else "",
            options.get("region"),
            options.get("profile"),
            options.get("endpoint"),
        )

    @property
    def shared(self) -> bool:
        """A bucket is everybody's who may write to it."""
        return True

    def names(self, folder: str) -> list[str]:
        """Paths of the objects of a folder."""
        start = f"{self._prefix}{folder}/"
        found = [item["Key"] for page in self._pages("list_objects_v2", start) for item in page.get("Contents", [])]
        return [key.removeprefix(self._prefix) for key in found if "/" not in key.removeprefix(start)]

    def read(self, name: str) -> bytes | None:
        """An object's content."""
        from botocore.exceptions import ClientError

        with aws.explained(f"s3://{self.bucket}/{name}"):
            try:
                return self._get(name)
            except ClientError as error:
                if aws.code_of(error) == "NoSuchKey":
                    return None
                raise

    def write(self, name: str, content: bytes) -> None:
        """Put an object; a versioned bucket keeps what it was."""
        with aws.explained(f"s3://{self.bucket}/{name}"):
            self._client.put_object(Bucket=self.bucket, Key=self._prefix + name, Body=content)

    def remove(self, name: str) -> None:
        """Delete an object."""
        with aws.explained(f"s3://{self.bucket}/{name}"):
            self._client.delete_object(Bucket=self.bucket, Key=self._prefix + name)

    def versions(self, name: str) -> Sequence[Version]:
        """The object's versions, newest first as S3 lists them."""
        key = self._prefix + name
        found = [item for page in self._pages("list_object_versions", key) for item in page.get("Versions", [])]
        return [
            Version(
                item["VersionId"],
                item["LastModified"].isoformat(timespec="seconds"),
                item["Size"],
                item["IsLatest"],
            )
            for item in found
            if item["Key"] == key
        ]

    def read_version(self, name: str, version: Version) -> bytes:
        """One version of an object."""
        with aws.explained(f"s3://{self.bucket}/{name}, version {version.id}"):
            return self._get(name, VersionId=version.id)

    def _get(self, name: str, **which: str) -> bytes:
        answer = self._client.get_object(Bucket=self.bucket, Key=self._prefix + name, **which)
        content: bytes = answer["Body"].read()
        return content

    def _pages(self, operation: str, prefix: str) -> Iterator[dict[str, Any]]:
        with aws.explained(f"s3://{self.bucket}"):
            yield from self._client.get_paginator(operation).paginate(Bucket=self.bucket, Prefix=prefix)

    @cached_property
    def _client(self) -> Any:
        return aws.client("s3", **self._where)
