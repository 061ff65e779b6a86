"""Which function a cell's pools can have for Cognito's messages, and whose a pool's is."""

import pytest
from botocore.session import Session

from tenants.message_function import MessageFunction, example_arn, function_fault, message_function, partition_of
from tenants.models import Cell
from tenants.pool_options import PoolOptions
from tests.support.pool_settings import FUNCTION, OTHER_FUNCTION

FRANKFURT = Cell(region="eu-central-1", role_arn="arn:aws:iam::123456789012:role/lifeguard")
OURS = Cell(region="eu-central-1")
CHINA = Cell(region="cn-north-1")
LAMBDA = "arn:aws:lambda:eu-central-1:123456789012:function:"


@pytest.mark.parametrize(
    ("cell", "arn"),
    [
        (FRANKFURT, ""),
        (FRANKFURT, f"{LAMBDA}lifeguard-messages"),
        (FRANKFURT, f"{LAMBDA}lifeguard_messages:live"),
        (FRANKFURT, f"{LAMBDA}lifeguard-messages:7"),
        # Where we call Cognito as ourselves, nobody told us which account that is.
        (OURS, "arn:aws:lambda:eu-central-1:999999999999:function:lifeguard-messages"),
        (CHINA, "arn:aws-cn:lambda:cn-north-1:123456789012:function:lifeguard-messages"),
        *((cell, example_arn(cell)) for cell in (FRANKFURT, OURS, CHINA)),
    ],
)
def test_usable_functions(cell: Cell, arn: str) -> None:
    assert function_fault(arn, cell) == ""


@pytest.mark.parametrize(
    ("cell", "arn", "told"),
    [
        (FRANKFURT, "lifeguard-messages", f"such as {LAMBDA}lifeguard-messages."),
        (FRANKFURT, "arn:aws:s3:::bucket", "ARN of a Lambda function"),
        (FRANKFURT, f"{LAMBDA}lifeguard messages", "ARN of a Lambda function"),
        (FRANKFURT, f"{LAMBDA}lifeguard-messages:$LATEST", "ARN of a Lambda function"),
        (FRANKFURT, f"{LAMBDA}{'x' * 65}", "ARN of a Lambda function"),
        (FRANKFURT, "arn:aws:lambda:eu-central-1::function:lifeguard-messages", "ARN of a Lambda function"),
        (FRANKFURT, "arn:aws:lambda:eu-central-1:123456789012:layer:words", "ARN of a Lambda function"),
        (FRANKFURT, "arn:aws-cn:lambda:cn-north-1:123456789012:function:words", "begins with arn:aws:"),
        (CHINA, "arn:aws:lambda:cn-north-1:123456789012:function:words", "begins with arn:aws-cn:"),
        (FRANKFURT, FUNCTION, "the cell's Region, eu-central-1."),
        (FRANKFURT, "arn:aws:lambda:eu-central-1:999999999999:function:words", "the cell's role, 123456789012."),
    ],
)
def test_what_cannot_be_a_function_is_said(cell: Cell, arn: str, told: str) -> None:
    assert told in function_fault(arn, cell)


def test_partitions_are_those_that_aws_s_own_list_has() -> None:
    session = Session()
    regions = {
        region: partition
        for partition in session.get_available_partitions()
        for region in session.get_available_regions("cognito-idp", partition)
    }
    assert {"aws", "aws-us-gov"} <= set(regions.values())
    assert {region: partition_of(region) for region in regions} == regions
    for region in ("cn-north-1", "us-iso-east-1", "us-isob-east-1", "eu-isoe-west-1", "us-isof-south-1"):
        assert partition_of(region) == session.get_partition_for_region(region)


@pytest.mark.parametrize(
    ("own", "cells", "expected"),
    [
        ("", "", MessageFunction("", is_own=False)),
        ("", FUNCTION, MessageFunction(FUNCTION, is_own=False)),
        (OTHER_FUNCTION, "", MessageFunction(OTHER_FUNCTION, is_own=True)),
        (OTHER_FUNCTION, FUNCTION, MessageFunction(OTHER_FUNCTION, is_own=True)),
    ],
)
def test_a_pool_s_own_goes_before_the_cell_s(own: str, cells: str, expected: MessageFunction) -> None:
    options = PoolOptions(triggers={"CustomMessage": own} if own else {})
    assert message_function(options, Cell(message_function_arn=cells)) == expected
