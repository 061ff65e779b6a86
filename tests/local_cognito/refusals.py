"""Reading what botocore raised."""

import pytest
from botocore.exceptions import ClientError


def refusal(caught: pytest.ExceptionInfo[ClientError]) -> tuple[str, str]:
    """Code and message of an error answer."""
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]
