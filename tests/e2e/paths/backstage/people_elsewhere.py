"""People whose address another tenant has, too."""

from django.utils import timezone

from identity import auth
from identity.cells import pool_ref
from tests.e2e.paths.backstage import tenants
from tests.e2e.paths.backstage.people import PASSWORD
from tests.factories import DirectoryUserFactory


def same_address(tenant: str, email: str) -> None:
    """Have somebody in a tenant whom another one knows by the same address, and who took the same password there."""
    where = tenants.find(tenant)
    now = timezone.now()
    user = DirectoryUserFactory.create(tenant=where, email=email, totp_declined_at=now, passkey_declined_at=now)
    user.cognito_sub = auth.create_user_with_password(pool_ref(where.pool), user.username, email, PASSWORD)
    user.save(update_fields=["cognito_sub"])
