"""The Lambda function that writes Cognito's own messages (docs/aws/messages.md): what can be one, and whose. Pure."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from tenants.models.cell import Cell
from tenants.pool_options import LONGEST_TEXT, MESSAGE_TRIGGER, PoolOptions

# AWS Lambda API reference, FunctionArn; the version "$LATEST" has a character that Cognito's ArnType has not.
_FUNCTION = re.compile(
    r"arn:(?P<partition>aws(?:-[a-z]+)*):lambda:(?P<region>[a-z0-9-]+):(?P<account>\d{12}):"
    r"function:[A-Za-z0-9_-]{1,64}(?::[A-Za-z0-9_-]{1,128})?",
    re.ASCII,
)
# IAM user guide, "Identify AWS resources with ARNs", and botocore's list of partitions, by how their Regions begin.
_PARTITIONS = {
    "cn-": "aws-cn",
    "us-gov-": "aws-us-gov",
    "us-iso-": "aws-iso",
    "us-isob-": "aws-iso-b",
    "eu-isoe-": "aws-iso-e",
    "us-isof-": "aws-iso-f",
    "eusc-": "aws-eusc",
}


@dataclass(frozen=True)
class MessageFunction:
    """The function that a pool is to have.

    Args:
        arn: empty for none.
        is_own: whether the pool names it itself; otherwise it is for its cell to say.
    """

    arn: str
    is_own: bool


def message_function(options: PoolOptions, cell: Cell) -> MessageFunction:
    """Return the function of a pool with these settings: its own goes before its cell's."""
    own = options.triggers.get(MESSAGE_TRIGGER, "")
    return MessageFunction(own or cell.message_function_arn, is_own=bool(own))


def function_fault(arn: str, cell: Cell) -> str:
    """Return why a cell cannot have a function for all its pools; empty when it can, or when none is named."""
    if not arn:
        return ""
    match = _FUNCTION.fullmatch(arn)
    if match is None or len(arn) > LONGEST_TEXT:
        return _("Use the ARN of a Lambda function, such as %(example)s.") % {"example": example_arn(cell)}
    partition = partition_of(cell.region)
    if match["partition"] != partition:
        words = _("It must be in the AWS partition of the cell's Region: an ARN that begins with arn:%(partition)s:.")
        return words % {"partition": partition}
    if match["region"] != cell.region:
        return _("It must be in the cell's Region, %(region)s.") % {"region": cell.region}
    if cell.account and match["account"] != cell.account:
        return _("It must be in the AWS account of the cell's role, %(account)s.") % {"account": cell.account}
    return ""


def example_arn(cell: Cell) -> str:
    """Return the ARN of a function as it would be for a cell."""
    place = f"{partition_of(cell.region)}:lambda:{cell.region}:{cell.account or '123456789012'}"
    return f"arn:{place}:function:lifeguard-messages"


def partition_of(region: str) -> str:
    """Return the partition of AWS that a Region belongs to, as ARNs name it."""
    return next((name for start, name in _PARTITIONS.items() if region.startswith(start)), "aws")
