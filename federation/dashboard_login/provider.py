"""allauth's OpenID Connect provider, narrowed to the one issuer there is: ours."""

from typing import Any

from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest

from federation.dashboard_login.application import CALLBACK_PATH, CLIENT_ID, client_secret
from federation.provider.views import metadata
from identity.jwt_checks import TokenInvalid
from identity.tokens import verify_id_token

PROVIDER_ID = "lifeguard"


class LifeguardOAuth2Adapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth ships no types
    """The client's side of the protocol. The issuer is this very installation, so its metadata is known."""

    @property
    def openid_config(self) -> dict[str, Any]:
        """What discovery would answer."""
        return metadata()

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """Return the one registered address, made from our own origin and not from the Host header."""
        return f"{settings.DASHBOARD_URL}{CALLBACK_PATH}"

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> SocialLogin:
        """Verify the ID token, with its signature, and say who signed in. The adapter compares the nonce.

        Raises:
            OAuth2Error: the token is missing or not acceptable.
        """
        id_token = kwargs["response"].get("id_token")
        if not id_token:
            raise OAuth2Error("The answer holds no ID token.")
        try:
            claims = verify_id_token(id_token, client_id=CLIENT_ID)
        except TokenInvalid as error:
            raise OAuth2Error(f"The ID token is not acceptable: {error.reason}") from error
        said = {
            "sub": str(claims.subject),
            "org_id": str(claims.tenant_id),
            "nonce": claims.nonce,
            "id_token": id_token,
        }
        return self.get_provider().sociallogin_from_response(request, said)


class LifeguardProvider(OpenIDConnectProvider):  # type: ignore[misc]  # allauth ships no types
    """Lifeguard's own issuer. PKCE is always on; nothing in the token becomes an address or a name in allauth."""

    id = PROVIDER_ID
    name = "Lifeguard"
    oauth2_adapter_class = LifeguardOAuth2Adapter
    pkce_enabled_default = True

    def extract_uid(self, data: dict[str, Any]) -> str:
        """Return the subject."""
        return str(data["sub"])

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """Keep what was verified, for the adapter; it is never stored."""
        return data

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        """Give allauth nothing to fill an account with."""
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        """Give allauth no address to match with: an operator may well have the same one."""
        return []


def social_app() -> SocialApp:
    """Return the dashboard's client configuration; made here, so that there is nothing to configure or to leak."""
    return SocialApp(
        provider=PROVIDER_ID,
        provider_id=PROVIDER_ID,
        name=LifeguardProvider.name,
        client_id=CLIENT_ID,
        secret=client_secret(),
        settings={"token_auth_method": "client_secret_post", "oauth_pkce_enabled": True},
    )
