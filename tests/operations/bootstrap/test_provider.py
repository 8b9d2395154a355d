from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.stub import Stubber

from infra.operations.bootstrap import provider
from tests.operations.bootstrap.support import client

if TYPE_CHECKING:
    from infra.operations.bootstrap.wanted import Wanted


def test_an_identity_provider_of_others_gets_the_audience_and_loses_none(wanted: Wanted) -> None:
    (step,) = provider.plan(("theirs",), wanted)
    iam = client("iam")
    with Stubber(iam) as stub:  # moto does not know this call
        stub.add_response(
            step.call, {}, {"OpenIDConnectProviderArn": wanted.provider_arn, "ClientID": "sts.amazonaws.com"}
        )
        getattr(iam, step.call)(**step.params)
    assert list(provider.plan(("theirs", "sts.amazonaws.com"), wanted)) == []
