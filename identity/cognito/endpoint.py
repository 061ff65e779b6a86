"""Where Cognito is, and as whom to call it: facts of a cell and a pool, free of any model."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CellEndpoint:
    """One AWS account and Region, or an emulator standing in for one.

    Arguments:
        name: the cell's name, used in metrics and error messages.
        region: the AWS Region, for example ``eu-west-1``.
        endpoint_url: where cognito-idp and sts answer; ``None`` is AWS itself.
        role_arn: the IAM role to assume; ``None`` calls with the process's own credentials.
        external_id: the external id that the role's trust policy asks for.
    """

    name: str
    region: str
    endpoint_url: str | None = None
    role_arn: str | None = None
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class PoolRef:
    """A user pool and the cell that it lives in."""

    endpoint: CellEndpoint
    pool_id: str
