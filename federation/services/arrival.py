"""What is said of somebody who arrives, and that they may not come in."""

from dataclasses import dataclass

from federation.connections.claims import Claims
from identity.models import DirectoryUser

# What Cognito calls the state of somebody who has no account but an identity provider's.
EXTERNAL = "EXTERNAL_PROVIDER"


class ArrivalRefused(Exception):
    """The person is who they are, and may not come in; `code` is one of `federation.connections.failures`."""

    def __init__(self, code: str, detail: str = "", *, user: DirectoryUser | None = None) -> None:
        super().__init__(detail or code)
        self.code = code
        self.detail = detail
        self.user = user


@dataclass(frozen=True)
class Arrival:
    """What Cognito's verified tokens say.

    Args:
        subject: who they are to the identity provider (`FederatedIdentity`).
        username: Cognito's.
        cognito_sub: Cognito's own id of them.
        claims: what the identity provider says of them.
    """

    subject: str
    username: str
    cognito_sub: str
    claims: Claims
