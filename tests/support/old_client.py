"""An application that was at a pool before Lifeguard, in which people make accounts of their own at Cognito itself."""

from identity.cells import pool_ref
from tenants.models import Tenant
from tests.support.by_hand import client_of
from tests.support.drift import change_pool


class OldClient:
    """A public app client that Lifeguard does not know, of a pool that somebody opened for sign-ups.

    Args:
        tenant: of whose pool.
    """

    def __init__(self, tenant: Tenant) -> None:
        change_pool(tenant, AdminCreateUserConfig={"AllowAdminCreateUserOnly": False})
        pool = pool_ref(tenant.pool)
        self._cognito = client_of(pool)
        made = self._cognito.create_user_pool_client(UserPoolId=pool.pool_id, ClientName="from before")
        self._client_id = made["UserPoolClient"]["ClientId"]

    def sign_up(self, username: str, email: str, password: str) -> str:
        """Make an account, which Cognito calls UNCONFIRMED; returns its `sub`."""
        made = self._cognito.sign_up(
            ClientId=self._client_id,
            Username=username,
            Password=password,
            UserAttributes=[{"Name": "email", "Value": email}],
        )
        assert not made["UserConfirmed"]
        return made["UserSub"]

    def confirm(self, username: str, code: str) -> None:
        """Show by the code that was mailed that the address is theirs."""
        self._cognito.confirm_sign_up(ClientId=self._client_id, Username=username, ConfirmationCode=code)
