"""Rows of `federation`."""

from django.utils import timezone

from federation.models import BrowserSession, TokenFamily
from federation.tokens import hash_token, new_token
from identity.models import DirectoryUser
from tenants.models import Application


def make_family(user: DirectoryUser, application: Application) -> TokenFamily:
    """A family of tokens as a sign-in begins it, with its session."""
    now = timezone.now()
    session = BrowserSession.objects.create(
        tenant_id=user.tenant_id,
        user=user,
        token_hash=hash_token(new_token()),
        amr=["pwd"],
        acr="",
        auth_time=now,
        last_seen_at=now,
    )
    return TokenFamily.objects.create(
        tenant_id=user.tenant_id, application=application, user=user, session=session, scope="openid"
    )
