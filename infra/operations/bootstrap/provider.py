"""GitHub as an identity provider of the account: its jobs exchange their token for a role, and no key is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infra.aws.client import code_of, explained
from infra.operations.bootstrap.step import Step
from infra.operations.bootstrap.wanted import AUDIENCE, GITHUB

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from infra.operations.bootstrap.wanted import Wanted


def read(client: Callable[[str], Any], wanted: Wanted) -> tuple[str, ...] | None:
    """The provider's audiences, None if there is no provider."""
    from botocore.exceptions import ClientError

    with explained(f"identity provider {GITHUB}"):
        try:
            found = client("iam").get_open_id_connect_provider(OpenIDConnectProviderArn=wanted.provider_arn)
        except ClientError as error:
            if code_of(error) == "NoSuchEntity":
                return None
            raise
    return tuple(found["ClientIDList"])


def plan(audiences: tuple[str, ...] | None, wanted: Wanted) -> Iterator[Step]:
    """What lets AWS know GitHub; the provider is the whole account's, so that nothing is taken from it."""
    what = f"identity provider {GITHUB}"
    if audiences is None:
        params: dict[str, Any] = {"Url": f"https://{GITHUB}", "ClientIDList": [AUDIENCE]}
        yield Step(what, "create", "iam", "create_open_id_connect_provider", params)
    elif AUDIENCE not in audiences:
        params = {"OpenIDConnectProviderArn": wanted.provider_arn, "ClientID": AUDIENCE}
        yield Step(what, f"audience {AUDIENCE} add", "iam", "add_client_id_to_open_id_connect_provider", params)
