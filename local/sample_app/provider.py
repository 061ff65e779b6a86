"""The application's side of OpenID Connect, on Authlib's Starlette client."""

from typing import Any

import jwt
from authlib.integrations.starlette_client import OAuth, OAuthError
from starlette.requests import Request
from starlette.responses import Response

from local.sample_app.config import SCOPES, Config
from local.sample_app.sessions import Login


class Provider:
    """Everything that is said to the provider. Each method raises OAuthError when the provider refuses."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._keys: jwt.PyJWKClient | None = None
        self._client = OAuth().register(
            "lifeguard",
            client_id=config.client_id,
            client_secret=config.client_secret,
            server_metadata_url=f"{config.issuer}/.well-known/openid-configuration",
            # Authlib adds a nonce by itself where `openid` is among the scopes.
            client_kwargs={"scope": " ".join(SCOPES), "code_challenge_method": "S256"},
        )

    async def keys(self) -> jwt.PyJWKClient:
        """The provider's keys; they are kept, and fetched again when a token names one that is not among them."""
        if self._keys is None:
            self._keys = jwt.PyJWKClient((await self.metadata())["jwks_uri"])
        return self._keys

    async def metadata(self) -> dict[str, Any]:
        """The provider's discovery document, whose issuer must be the one we were told (OIDC Discovery section 4.3)."""
        metadata: dict[str, Any] = await self._client.load_server_metadata()
        if metadata.get("issuer") != self._config.issuer:
            raise OAuthError("wrong_issuer", f"The discovery document is that of {metadata.get('issuer')}.")
        return metadata

    async def send_to_sign_in(self, request: Request, organization: str) -> Response:
        """Redirect to the provider; `organization` names the tenant, or is empty."""
        await self.metadata()
        extra = {"organization": organization} if organization else {}
        response: Response = await self._client.authorize_redirect(request, self._config.redirect_uri, **extra)
        return response

    async def complete_sign_in(self, request: Request) -> Login:
        """Exchange the code of the redirect back for tokens, and verify the ID token."""
        await self._check_issuer_of_answer(request)
        token = await self._client.authorize_access_token(request)
        if "userinfo" not in token:
            raise OAuthError("invalid_response", "The provider sent no ID token.")
        return Login(dict(token["userinfo"]), token["id_token"], token["access_token"], token.get("refresh_token"))

    async def _check_issuer_of_answer(self, request: Request) -> None:
        """The answer must name the issuer that we asked, where the provider says it does so (RFC 9207 section 2.4)."""
        metadata = await self.metadata()
        names_issuer = metadata.get("authorization_response_iss_parameter_supported", False)
        if names_issuer and request.query_params.get("iss") != self._config.issuer:
            raise OAuthError("wrong_issuer", "The answer did not come from the sign-in service that was asked.")

    async def refresh(self, login: Login) -> Login:
        """New tokens for a login. The provider rotates the refresh token, so the old one is not used again."""
        token = await self._client.fetch_access_token(grant_type="refresh_token", refresh_token=login.refresh_token)
        claims, id_token = login.claims, login.id_token
        if "id_token" in token:
            # A refreshed ID token carries no nonce, but must be about the same person (OIDC Core section 12.2).
            claims = dict(await self._client.parse_id_token(token, nonce=None))
            id_token = token["id_token"]
            if claims["sub"] != login.claims["sub"]:
                raise OAuthError("invalid_response", "The refreshed ID token is about somebody else.")
        return Login(claims, id_token, token["access_token"], token.get("refresh_token", login.refresh_token))

    async def send_to_sign_out(self, request: Request, login: Login) -> Response:
        """Redirect to the provider's sign-out (OpenID Connect RP-Initiated Logout 1.0)."""
        response: Response = await self._client.logout_redirect(
            request, self._config.post_logout_redirect_uri, id_token_hint=login.id_token
        )
        return response

    async def verify_sign_out(self, request: Request) -> None:
        """Check that the redirect back from a sign-out answers one that this browser began."""
        await self._client.validate_logout_response(request)
