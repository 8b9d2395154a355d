from __future__ import annotations

import json
from typing import TYPE_CHECKING

from infra.operations.bootstrap import role
from infra.operations.bootstrap.account import notes
from tests.operations.bootstrap.support import client, lines

if TYPE_CHECKING:
    from infra.operations.bootstrap.account import Account
    from infra.operations.bootstrap.wanted import Wanted


DESCRIBE = {"Effect": "Allow", "Action": "eks:DescribeCluster", "Resource": "*"}


def test_policies_of_others_on_a_role_are_left_and_told(made: Account) -> None:
    arn = client("iam").create_policy(
        PolicyName="cluster", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [DESCRIBE]})
    )["Policy"]["Arn"]
    client("iam").attach_role_policy(RoleName=made.wanted.deployer, PolicyArn=arn)
    assert lines(made) == []
    assert notes(made.read(), made.wanted)[0] == (
        "role rez-infra-production-deploy: has more policies than ours, left as they are: cluster"
    )


def test_a_role_whose_trust_is_no_githubs_is_said_to_be_others(wanted: Wanted) -> None:
    found = role.Role({"Statement": [{"Effect": "Allow"}]}, None, ())
    first, _ = role.plan(found, "name", about="", trust={"Statement": []}, policy={"Statement": []})
    assert "may be taken by others -> others" in first.line()
