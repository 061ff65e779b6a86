"""`id_token_hint`: an ID token of ours by which an application says whom it means."""

from identity.jwt_checks import TokenInvalid
from identity.tokens import IdTokenClaims, verify_id_token


def hinted(token: str, *, client_id: str | None) -> IdTokenClaims | None:
    """Return what a hint says; None where it is no ID token of ours, or another application's.

    One whose time is over is as good a hint as any (RP-Initiated Logout 1.0 section 2; OpenID Connect Core section
    3.1.2.1 does not ask for a fresh one either).

    Args:
        token: as it was sent; empty for none.
        client_id: whom it must have been issued to; None for any application.
    """
    if not token:
        return None
    try:
        return verify_id_token(token, client_id=client_id, accept_expired=True)
    except TokenInvalid:
        return None
