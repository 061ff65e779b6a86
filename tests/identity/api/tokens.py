"""Access tokens for calls of the API."""

import uuid

from django.conf import settings
from django.utils import timezone

from federation.dashboard_login.application import ensure_dashboard_application
from federation.provider.mint import Subject, mint_access_token
from identity.models import DirectoryUser
from tests.factories.federation import make_family


def token_of(user: DirectoryUser, *, audience: str = "", client_id: str = "") -> str:
    """Mint an access token for a user, as the provider does for the dashboard."""
    application = ensure_dashboard_application()
    return mint_access_token(
        Subject(
            issuer=settings.SIGNIN_URL,
            subject=str(user.pk),
            email=user.email,
            email_verified=True,
            name=user.name,
            roles=(),
            groups=(),
            tenant_id=str(user.tenant_id),
            tenant_slug=user.tenant.slug,
            client_id=client_id or application.client_id,
            audiences=(audience or application.audience,),
            scope=frozenset({"openid"}),
            nonce="",
            auth_time=int(timezone.now().timestamp()),
            acr="",
            amr=("pwd",),
            session_id=str(uuid.uuid4()),
            family_id=make_family(user, application).pk.hex,
        )
    )
