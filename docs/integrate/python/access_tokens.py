"""Verifies Lifeguard's access tokens (RFC 9068) for an API in any framework. It needs `PyJWT[crypto]`; copy this file.

Each check closes one way in:

- `typ`: an ID token is signed by the same key, and is no permission to call an API.
- `alg`: fixed here, so that nothing a token says about it is followed (RFC 8725 section 3.1).
- `iss` and `aud`: issued by the provider that you trust, and for this API. A token for another API of yours is refused.
- `exp`: ten minutes after it was issued, unless the operator chose otherwise. That is how long a person who was
  disabled can still call an API that asks nobody but itself.
- `org_id`: whose data it is about. The address of a request does not decide that, the token does.
"""

import json
import urllib.request
from functools import cached_property
from typing import Any

import jwt

_REQUIRED = ["iss", "aud", "exp", "iat", "sub", "client_id", "jti", "org_id"]
# RFC 9068 section 4: both spellings mean the same.
_ACCESS_TOKEN_TYPES = {"at+jwt", "application/at+jwt"}


class Refused(Exception):
    """A request that is refused, in the words of RFC 6750 section 3.1."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(description)
        self.status, self.error, self.description = status, error, description

    @property
    def challenge(self) -> str:
        """The value of the header `WWW-Authenticate`."""
        # Quotes would end the value; the description can hold what a token said.
        description = "".join(mark for mark in self.description if mark.isprintable() and mark not in '"\\')
        return f'Bearer error="{self.error}", error_description="{description}"'


class AccessTokens:
    """What this API takes. Make one for the process: it keeps the provider's keys.

    Args:
        issuer: the provider, exactly as its discovery document has it.
        audience: what this API calls itself; the application's audience in Lifeguard.
    """

    def __init__(self, issuer: str, audience: str) -> None:
        self._issuer, self._audience = issuer, audience

    def verify(self, authorization: str, *, scope: str, organization: str) -> dict[str, Any]:
        """Return the claims of a request's token.

        Args:
            authorization: the header `Authorization`.
            scope: what the token must permit.
            organization: the `org_id` of the data that the request is about.

        Raises:
            Refused: with the status and the challenge to answer.
        """
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Refused(401, "invalid_request", "Send an access token as Authorization: Bearer")
        claims = self._claims(token)
        if scope not in str(claims.get("scope", "")).split():
            raise Refused(403, "insufficient_scope", f"The scope {scope} is needed")
        if claims["org_id"] != organization:
            raise Refused(403, "insufficient_scope", "The token is of another organization")
        return claims

    def _claims(self, token: str) -> dict[str, Any]:
        try:
            if str(jwt.get_unverified_header(token).get("typ")).lower() not in _ACCESS_TOKEN_TYPES:
                raise Refused(401, "invalid_token", "This is not an access token")
            return jwt.decode(
                token,
                self.keys.get_signing_key_from_jwt(token),
                algorithms=["RS256"],
                issuer=self._issuer,
                audience=self._audience,
                leeway=30,
                options={"require": _REQUIRED},
            )
        except jwt.PyJWKClientConnectionError:
            # The provider cannot be reached: that is not the caller's fault, and no reason to let anybody in.
            raise
        except jwt.PyJWTError as error:
            raise Refused(401, "invalid_token", str(error)) from error

    @cached_property
    def keys(self) -> jwt.PyJWKClient:
        """The provider's keys, fetched once in five minutes.

        A token that names a key which is not among them has them fetched again, at most every half a minute: whoever
        sends made-up tokens does not make this API call the provider. Lifeguard publishes a key long before it signs.
        """
        address = f"{self._issuer}/.well-known/openid-configuration"
        with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310  # the address is this API's own setting
            document = json.load(answer)
        if document["issuer"] != self._issuer:
            raise RuntimeError(f"The discovery document of {self._issuer} is that of {document['issuer']}")
        return jwt.PyJWKClient(document["jwks_uri"], lifespan=300, cooldown_duration=30, timeout=5)
