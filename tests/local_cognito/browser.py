"""A client application and its person's browser, at the domain of a pool."""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

from tests.local_cognito.cast import make_pool
from tests.local_cognito.running import RunningCognito
from tests.support.saml_idp import SamlIdp

CALLBACK = "https://app.acme.example/callback?keep=1"
LOGOUT = "https://app.acme.example/bye"
# One for all, without cookies between sign-ins: making one reads the certificates of all authorities.
HTTP = httpx.Client(timeout=30, limits=httpx.Limits(max_keepalive_connections=0))
SCOPES = ["openid", "email", "profile"]


def claims_of(token: str) -> dict[str, Any]:
    """A token's claims, unverified."""
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


def query_of(url: str) -> dict[str, str]:
    """The parameters of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


@dataclass
class App:
    """A pool with a domain, a provider and a client that lists it."""

    cognito: RunningCognito
    idp: CognitoIdentityProviderClient
    pool_id: str
    provider: str
    client_id: str
    secret: str | None
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    @property
    def challenge(self) -> str:
        """PKCE's challenge."""
        return base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).decode().rstrip("=")

    def asked(self, **changes: str | None) -> dict[str, str]:
        """The parameters of an authorization request; None leaves one out."""
        right: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": CALLBACK,
            "scope": " ".join(SCOPES),
            "state": "s-1",
            "nonce": "n-1",
            "code_challenge": self.challenge,
            "code_challenge_method": "S256",
            "identity_provider": self.provider,
        }
        return {name: value for name, value in {**right, **changes}.items() if value is not None}

    def authorize(self, **changes: str | None) -> httpx.Response:
        """GET /oauth2/authorize, without following."""
        return HTTP.get(f"{self.cognito.url}/oauth2/authorize", params=self.asked(**changes))

    def through_oidc(self, **changes: str | None) -> httpx.Response:
        """The whole way through an OpenID provider that asks nothing; the answer is the redirect to the client."""
        at_provider = HTTP.get(self.authorize(**changes).headers["location"])
        return HTTP.get(at_provider.headers["location"])

    def signed_in(self, answer: httpx.Response, **changes: Any) -> dict[str, Any]:
        """The tokens for the code of a redirect to the client."""
        got = query_of(answer.headers["location"])
        assert got["state"] == "s-1"
        assert "code" in got, got
        response = self.token(code=got["code"], **changes)
        assert response.status_code == 200, response.text
        tokens: dict[str, Any] = response.json()
        return tokens

    def token(self, *, basic: bool = True, **changes: str | None) -> httpx.Response:
        """POST /oauth2/token."""
        form: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "redirect_uri": CALLBACK,
            "code_verifier": self.verifier,
            "client_id": self.client_id,
        }
        auth: Any = httpx.USE_CLIENT_DEFAULT
        if self.secret is not None and basic:
            auth = (self.client_id, self.secret)
        elif self.secret is not None:
            form["client_secret"] = self.secret
        given = {name: value for name, value in {**form, **changes}.items() if value is not None}
        return HTTP.post(f"{self.cognito.url}/oauth2/token", data=given, auth=auth)

    def user(self, username: str) -> dict[str, str]:
        """Attributes of a user, with the status under ``status``."""
        found = self.idp.admin_get_user(UserPoolId=self.pool_id, Username=username)
        attributes = {item["Name"]: item.get("Value", "") for item in found["UserAttributes"]}
        return {**attributes, "status": found["UserStatus"]}


def make_app(
    cognito: RunningCognito,
    kind: str,
    details: dict[str, str],
    *,
    mapping: dict[str, str] | None = None,
    pool: dict[str, Any] | None = None,
    confidential: bool = True,
    **client: Any,
) -> App:
    """A new pool with all of it."""
    idp = cognito.client()
    pool_id = make_pool(idp, **(pool or {}))
    idp.create_user_pool_domain(UserPoolId=pool_id, Domain=f"t-{secrets.token_hex(6)}")
    provider = kind if kind in ("Google", "Facebook", "LoginWithAmazon", "SignInWithApple") else "acme-idp"
    idp.create_identity_provider(
        UserPoolId=pool_id,
        ProviderName=provider,
        ProviderType=kind,  # type: ignore[arg-type]  # The tests choose among all kinds.
        ProviderDetails=details,
        AttributeMapping={"email": "email"} if mapping is None else mapping,
    )
    settings: dict[str, Any] = {
        "ClientName": "app",
        "SupportedIdentityProviders": [provider],
        "AllowedOAuthFlowsUserPoolClient": True,
        "AllowedOAuthFlows": ["code"],
        "AllowedOAuthScopes": SCOPES,
        "CallbackURLs": [CALLBACK],
        "LogoutURLs": [LOGOUT],
        **client,
    }
    made = idp.create_user_pool_client(UserPoolId=pool_id, GenerateSecret=confidential, **settings)["UserPoolClient"]
    return App(cognito, idp, pool_id, provider, made["ClientId"], made.get("ClientSecret"))


def post_response(app: App, form: dict[str, str]) -> httpx.Response:
    """What a browser does with the form of a SAML provider."""
    return HTTP.post(f"{app.cognito.url}/saml2/idpresponse", data=form)


def through_saml(app: App, provider: SamlIdp, *, signed: Any = None, **changes: Any) -> httpx.Response:
    """The whole way, with an answer whose members are changed and which is signed as `signed` says."""
    request = provider.asked(app.authorize().headers["location"])
    response = provider.signed(provider.answer(request, **changes), **(signed or {}))
    return post_response(app, provider.form(response, request.relay_state))


def usernames(app: App) -> list[str]:
    """Everybody in the pool."""
    return [user["Username"] for user in app.idp.list_users(UserPoolId=app.pool_id)["Users"]]


def refusal_of(answer: httpx.Response) -> tuple[str, str]:
    """Error and description that a redirect tells the client."""
    assert answer.status_code == 302, answer.text
    location = answer.headers["location"]
    assert location.startswith(CALLBACK), location
    got = query_of(location)
    assert got["state"] == "s-1"
    assert got["keep"] == "1"
    return got["error"], got.get("error_description", "")
