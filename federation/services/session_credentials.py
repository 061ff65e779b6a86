"""Cognito's access token of a session: kept, sealed, for as long as a sign-in counts as fresh."""

from datetime import UTC, datetime

import jwt
from django.utils import timezone
from pydantic import SecretStr

from federation.models import BrowserSession, SessionCredential


def keep_credential(session: BrowserSession, access_token: SecretStr) -> None:
    """Keep the access token of the sign-in that began a session; in its transaction.

    Its signature was verified by the tenant check, which every sign-in passes (`federation.signin.cognito`).
    """
    token = access_token.get_secret_value()
    claims = jwt.decode(token, options={"verify_signature": False})
    expires_at = datetime.fromtimestamp(claims["exp"], tz=UTC)
    credential = SessionCredential(tenant_id=session.tenant_id, session=session, expires_at=expires_at)
    credential.seal(token)
    credential.save(force_insert=True)


def credential_of(session: BrowserSession) -> SecretStr | None:
    """Return the session's access token; None where there is none, or it has run out."""
    found = SessionCredential.objects.filter(session=session, expires_at__gt=timezone.now()).first()
    return SecretStr(found.token) if found is not None else None
