"""Reading an authorization request, whether a browser brings it or the application's server pushes it."""

from typing import Any

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749.errors import InvalidRequestError

from federation.provider import prompt
from federation.provider.answers import HINTED_USER
from federation.provider.hint import hinted
from federation.provider.prompt import Asked
from federation.provider.requests import RESOURCE, ProviderRequest, refuse_malformed
from federation.provider.server import server
from tenants.models import Application, Tenant

# What says where an answer goes, and how; sent twice, nobody knows which of the two counts.
_ADDRESS = ("client_id", "redirect_uri", "state", "response_mode")
# What is kept of a request until it is answered; anything else that was sent has no meaning here.
_KEPT = (
    *(
        "response_type",
        "client_id",
        "redirect_uri",
        "scope",
        "state",
        "nonce",
        "code_challenge",
        "code_challenge_method",
    ),
    *("organization", "login_hint", "ui_locales", "prompt", "max_age", "acr_values", "response_mode"),
)


def validated(request: ProviderRequest) -> tuple[Application, Asked, dict[str, Any]]:
    """Return who asks, what they ask of the sign-in, and the parameters to keep.

    Raises:
        OAuth2Error: with `redirect_uri` only once that is known to be the client's own.
    """
    try:
        refuse_malformed(request)
    except InvalidRequestError as error:
        error.redirect_uri = _certain_address(request)
        raise
    grant = server.get_authorization_grant(request)
    redirect_uri = grant.validate_authorization_request()
    try:
        asked = prompt.read(request.payload.data)
        person = _hinted(request)
    except OAuth2Error as error:
        error.redirect_uri = redirect_uri
        raise
    return request.client.application, asked, _kept(request) | person


def _certain_address(request: ProviderRequest) -> str | None:
    """Return where it is told that a parameter was repeated (RFC 6749 section 4.1.2.1); None for on a page.

    What has a NUL in it no application sent.
    """
    sent = request.payload.datalist
    is_certain = all(len(sent.get(name, [])) < 2 for name in _ADDRESS)
    has_nul = any("\0" in value for values in sent.values() for value in values)
    return server.own_address(request) if is_certain and not has_nul else None


def _kept(request: ProviderRequest) -> dict[str, Any]:
    data, resources = request.payload.data, request.payload.resources
    return {name: data[name] for name in _KEPT if name in data} | ({RESOURCE: resources} if resources else {})


def _hinted(request: ProviderRequest) -> dict[str, Any]:
    """Return what `id_token_hint` adds to what is kept: the only person who will do, and where they belong.

    Raises:
        InvalidRequestError: it is no ID token that we gave this application.
    """
    data = request.payload.data
    if "id_token_hint" not in data:
        return {}
    claims = hinted(data["id_token_hint"], client_id=request.client.client_id)
    if claims is None:
        raise InvalidRequestError("id_token_hint is not an ID token of this application's.")
    slug = data.get("organization") or Tenant.objects.filter(pk=claims.tenant_id).values_list("slug", flat=True).first()
    return {HINTED_USER: str(claims.subject), **({"organization": slug} if slug else {})}
