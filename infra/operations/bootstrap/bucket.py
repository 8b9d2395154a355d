"""The bucket for the state: versioned, encrypted with the key, closed to the public and to plain HTTP."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from infra.aws.client import code_of, explained
from infra.errors import PreconditionError
from infra.operations.bootstrap import documents
from infra.operations.bootstrap.step import Step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from infra.operations.bootstrap.wanted import Wanted

_OLDEST_REGION: Final = "us-east-1"
"""AWS names it by leaving it out."""
_CLOSED: Final = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}
KEPT_DAYS: Final = 90
"""A version can be brought back for so long after another took its place."""
_LIFECYCLE: Final = {
    "ID": "rez-old-versions",
    "Status": "Enabled",
    "Filter": {"Prefix": ""},
    "NoncurrentVersionExpiration": {"NoncurrentDays": KEPT_DAYS},
    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
    "Expiration": {"ExpiredObjectDeleteMarker": True},
}


@dataclass(frozen=True)
class Bucket:
    """The bucket that is there.

    Attributes:
        region: Where it is.
        versioned: Whether it keeps old versions.
        encryption: The default encryption: algorithm, key, bucket key.
        closed: What is blocked for the public.
        policy: Its policy, None without one.
        lifecycle: Its rules.
    """

    region: str
    versioned: bool
    encryption: dict[str, Any]
    closed: dict[str, bool]
    policy: dict[str, Any] | None
    lifecycle: list[dict[str, Any]]


def read(client: Callable[[str], Any], wanted: Wanted) -> Bucket | None:
    """The bucket, None if its name is free.

    Raises:
        PreconditionError: It is somebody else's.
    """
    s3 = client("s3")
    with explained("buckets"):
        listed = s3.list_buckets(Prefix=wanted.bucket)["Buckets"]
    if wanted.bucket not in {item["Name"] for item in listed}:
        _refuse_taken(s3, wanted.bucket)
        return None
    ask = _Asker(s3, wanted)
    rules = ask("get_bucket_encryption", "ServerSideEncryptionConfiguration", {"Rules": [{}]})["Rules"]
    policy = ask("get_bucket_policy", "Policy", None)
    return Bucket(
        region=ask("get_bucket_location", "LocationConstraint", None) or _OLDEST_REGION,
        versioned=ask("get_bucket_versioning", "Status", "") == "Enabled",
        encryption=rules[0],
        closed=ask("get_public_access_block", "PublicAccessBlockConfiguration", {}),
        policy=json.loads(policy) if policy else None,
        lifecycle=ask("get_bucket_lifecycle_configuration", "Rules", []),
    )


def _refuse_taken(s3: Any, name: str) -> None:
    from botocore.exceptions import ClientError

    with explained(f"bucket {name}"):
        try:
            s3.head_bucket(Bucket=name)
        except ClientError as error:
            if code_of(error) == "404":
                return
            if code_of(error) not in {"403", "301"}:
                raise
    raise taken(name)


def taken(name: str) -> PreconditionError:
    """The failure that somebody else's bucket is."""
    return PreconditionError(f"bucket {name}: belongs to another account; name one of your own with --bucket")


@dataclass(frozen=True)
class _Asker:
    """Reads one part of a bucket's configuration; what was never set has no answer but a 404."""

    s3: Any
    wanted: Wanted

    def __call__(self, call: str, part: str, absent: Any) -> Any:
        from botocore.exceptions import ClientError

        with explained(f"bucket {self.wanted.bucket}"):
            try:
                answer = getattr(self.s3, call)(Bucket=self.wanted.bucket, ExpectedBucketOwner=self.wanted.account)
            except ClientError as error:
                if code_of(error).startswith("NoSuch") or "NotFound" in code_of(error):
                    return absent
                raise
        return answer.get(part, absent)


def plan(bucket: Bucket | None, wanted: Wanted, key_arn: str) -> Iterator[Step]:
    """What makes the bucket what it shall be.

    Raises:
        PreconditionError: It is in another region.
    """
    what = f"bucket {wanted.bucket}"
    if bucket is None:
        place = {} if wanted.region == _OLDEST_REGION else {"LocationConstraint": wanted.region}
        params = {"Bucket": wanted.bucket} | ({"CreateBucketConfiguration": place} if place else {})
        yield Step(what, f"create in {wanted.region}", "s3", "create_bucket", params)
        bucket = Bucket(wanted.region, versioned=False, encryption={}, closed={}, policy=None, lifecycle=[])
    if bucket.region != wanted.region:
        remedy = "say --region or --bucket otherwise"
        raise PreconditionError(f"{what}: is in {bucket.region}, not in {wanted.region}; {remedy}")

    def put(says: str, call: str, **params: Any) -> Step:
        return Step(what, says, "s3", call, {"Bucket": wanted.bucket, "ExpectedBucketOwner": wanted.account} | params)

    if bucket.closed != _CLOSED:
        open_ = ", ".join(name for name in _CLOSED if not bucket.closed.get(name))
        yield put(f"{open_} off -> on", "put_public_access_block", PublicAccessBlockConfiguration=_CLOSED)
    if not bucket.versioned:
        yield put("versioning off -> on", "put_bucket_versioning", VersioningConfiguration={"Status": "Enabled"})
    yield from _encryption(bucket, wanted, key_arn, put)
    policy = documents.bucket_policy(wanted, bucket.policy)
    if policy != bucket.policy:
        yield put("plain HTTP allowed -> denied", "put_bucket_policy", Policy=json.dumps(policy))
    rules = [*(rule for rule in bucket.lifecycle if rule["ID"] != _LIFECYCLE["ID"]), _LIFECYCLE]
    if not any(_same_rule(rule) for rule in bucket.lifecycle):
        says = f"old versions kept for ever -> for {KEPT_DAYS} days"
        yield put(says, "put_bucket_lifecycle_configuration", LifecycleConfiguration={"Rules": rules})


def _encryption(bucket: Bucket, wanted: Wanted, key_arn: str, put: Callable[..., Step]) -> Iterator[Step]:
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key_arn}
    found = bucket.encryption.get("ApplyServerSideEncryptionByDefault", {})
    if found != default or not bucket.encryption.get("BucketKeyEnabled"):
        before = found.get("KMSMasterKeyID") or found.get("SSEAlgorithm") or "AWS's default"
        rule = {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}
        yield put(
            f"encryption {before} -> {wanted.alias}",
            "put_bucket_encryption",
            ServerSideEncryptionConfiguration={"Rules": [rule]},
        )


def _same_rule(rule: dict[str, Any]) -> bool:
    """Whether a rule is ours; AWS adds parts of its own to what it was given."""
    return all(rule.get(part) == value for part, value in _LIFECYCLE.items())
