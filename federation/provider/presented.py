"""Tokens that a client presents to have them ended, or explained: whose they are, as far as that is its business."""

from dataclasses import dataclass

from authlib.oauth2.rfc6749.errors import InvalidRequestError

from federation.models import RefreshToken, TokenFamily
from federation.provider.client import Client
from federation.provider.mint import family_of
from federation.provider.requests import ProviderRequest, refuse_malformed
from federation.tokens import hash_token
from identity.jwt_checks import TokenInvalid
from identity.tokens import verify_own_access_token


@dataclass(frozen=True, slots=True)
class Presented:
    """A token that was issued to the client that presents it.

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
    refuse_malformed(request)
    text = request.form.get("token")
    if not text:
        raise InvalidRequestError("token is required.")
    found = _refresh_token(text) or _access_token(text)
    return found if found is not None and found.family.application_id == client.application_id else None


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
