"""Calling a cell through a role that trusts us, on a running STS."""

import dataclasses
import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.session import Session

from identity.cognito import errors, pools
from identity.cognito.calls import Priority
from identity.cognito.endpoint import CellEndpoint
from identity.cognito.pool_spec import PoolSpec

EXTERNAL_ID = "between-us"


@pytest.fixture
def assumed_cell(cell: CellEndpoint) -> Iterator[CellEndpoint]:
    """The local cell, reached through a role that asks for an external id; the role goes with the test."""
    iam: Any = Session().create_client("iam", region_name=cell.region, endpoint_url=cell.endpoint_url)
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": "*"},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"sts:ExternalId": EXTERNAL_ID}},
            }
        ],
    }
    role = iam.create_role(RoleName="lifeguard-cell", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    yield dataclasses.replace(cell, name="assumed", role_arn=role["Arn"], external_id=EXTERNAL_ID)
    iam.delete_role(RoleName=role["RoleName"])


def test_the_role_is_assumed(assumed_cell: CellEndpoint) -> None:
    created = pools.create_pool(
        assumed_cell, PoolSpec("lg-assumed", email_alias=False), priority=Priority.CONFIGURATION
    )
    assert created.arn.startswith(f"arn:aws:cognito-idp:{assumed_cell.region}:")


def test_a_wrong_external_id_is_refused_with_a_remedy(assumed_cell: CellEndpoint) -> None:
    wrong = dataclasses.replace(assumed_cell, external_id="somebody-else")
    with pytest.raises(errors.AccessDenied, match="AssumeRole") as raised:
        pools.create_pool(wrong, PoolSpec("lg-wrong", email_alias=False), priority=Priority.CONFIGURATION)
    assert "external id" in raised.value.remedy
