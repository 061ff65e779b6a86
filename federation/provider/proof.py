"""How clients prove who they are: in one way for each request, and what is answered to whoever does not."""

from http import HTTPStatus

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749.errors import InvalidClientError, InvalidRequestError
from django.conf import settings

from federation.provider.requests import ProviderRequest


class Unproved(InvalidClientError):  # type: ignore[misc]  # Authlib ships no types
    """Nobody is proved. The challenge names a realm (RFC 7617 section 2), which Authlib's leaves out."""

    def get_headers(self) -> list[tuple[str, str]]:
        """Return the challenge with the others, where the status asks for one (RFC 6749 section 5.2)."""
        headers: list[tuple[str, str]] = OAuth2Error.get_headers(self)
        if self.status_code != HTTPStatus.UNAUTHORIZED:
            return headers
        return [*headers, ("WWW-Authenticate", f'Basic realm="{settings.SIGNIN_URL}"')]


def brings_proof(request: ProviderRequest) -> bool:
    """Say whether a request tries to prove who sends it, well or not.

    Raises:
        InvalidRequestError: in more than one way (RFC 6749 sections 2.3 and 5.2), of which any may be the wrong one.
    """
    scheme = request.headers.get("Authorization", "").partition(" ")[0].lower()
    tried = (scheme == "basic", "client_secret" in request.form, "client_assertion" in request.form)
    if sum(tried) > 1:
        raise InvalidRequestError("The client authenticates in more than one way.")
    return any(tried)
