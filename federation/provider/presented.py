"""Tokens that a client presents to have them ended, or explained, as far as they are its business."""

from dataclasses import dataclass

from authlib.oauth2.rfc6749.errors import InvalidRequestError

from federation.models import RefreshToken, TokenFamily
from federation.provider.client import Client
from federation.provider.mint import family_of
from federation.provider.requests import ProviderRequest, refuse_malformed
from federation.tokens import hash_token
from identity.jwt_checks import TokenInvalid
from identity.tokens import verify_access_token, verify_own_access_token


@dataclass(frozen=True, slots=True)
class Presented:
    """A token that verifies.

    Args:
        family: what it belongs to.
        text: the token as it was presented.
        refresh: the refresh token's row; None for an access token.
    """

    family: TokenFamily
    text: str
    refresh: RefreshToken | None


def presented_token(request: ProviderRequest, client: Client) -> Presented | None:
    """Return the token that a client presents; None where it is none of its own, or none that verifies.

    A token of another client is answered like an unknown one: whether it exists is not this client's business. A hint
    of the token's kind is only an optimisation (RFC 7009 section 2.1), of which we have no need.

    Raises:
        InvalidRequestError: none is presented, or the request is malformed.
    """
    found = _found(request)
    return found if found is not None and _is_own(found, client) else None


def explained_token(request: ProviderRequest, client: Client) -> Presented | None:
    """Return the token about which a client may ask; None where there is none.

    That is one of its own, or an access token that was made for it: an API that is called by other clients is the
    application with its audience (RFC 7662 section 4 leaves to the server who may ask). Nobody is told of a token for
    the dashboard's own API.

    Raises:
        InvalidRequestError: none is presented, or the request is malformed.
    """
    found = _found(request)
    return found if found is not None and (_is_own(found, client) or _is_for(found, client)) else None


def _found(request: ProviderRequest) -> Presented | None:
    refuse_malformed(request)
    text = request.form.get("token")
    if not text:
        raise InvalidRequestError("token is required.")
    return _refresh_token(text) or _access_token(text)


def _is_own(found: Presented, client: Client) -> bool:
    return bool(found.family.application_id == client.application_id)


def _is_for(found: Presented, client: Client) -> bool:
    if found.refresh is not None or found.family.application.is_builtin:
        return False
    try:
        verify_access_token(found.text, audience=client.application.audience)
    except TokenInvalid:
        return False
    return True


def _refresh_token(text: str) -> Presented | None:
    rows = RefreshToken.objects.select_related("family", "family__application")
    found = rows.filter(token_hash=hash_token(text)).first()
    return Presented(found.family, text, found) if found else None


def _access_token(text: str) -> Presented | None:
    try:
        claims = verify_own_access_token(text)
    except TokenInvalid:
        return None
    family = family_of(claims)
    return Presented(family, text, None) if family else None
