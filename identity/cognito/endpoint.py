"""Where Cognito is, and as whom to call it: facts of a cell and a pool, free of any model."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class CellEndpoint:
    """One AWS account and Region, or an emulator standing in for one.

    Arguments:
        name: the cell's name, used in metrics and error messages.
        region: the AWS Region, for example ``eu-west-1``.
        endpoint_url: where cognito-idp and sts answer; ``None`` is AWS itself.
        role_arn: the IAM role to assume; ``None`` calls with the process's own credentials.
        external_id: the external id that the role's trust policy asks for.
        raised_quotas: request rates that AWS granted beyond its defaults, as (category, requests per second). They are
            no part of where the cell is: an endpoint is the same before and after.
    """

    name: str
    region: str
    endpoint_url: str | None = None
    role_arn: str | None = None
    external_id: str | None = None
    raised_quotas: tuple[tuple[str, int], ...] = field(default=(), compare=False)

    @property
    def place(self) -> str:
        """What AWS counts requests against, in words: cells in one account and Region share their quotas.

        The account is known from the role's ARN alone; cells that need no role share the process's own account.
        """
        account = self.role_arn.split(":")[4] if self.role_arn else "own"
        return f"{self.endpoint_url or 'aws'}/{account}/{self.region}"


@dataclass(frozen=True, slots=True)
class PoolRef:
    """A user pool and the cell that it lives in."""

    endpoint: CellEndpoint
    pool_id: str
