"""What an app client's settings must satisfy before they are stored."""

from typing import Any
from urllib.parse import urlsplit

from local.cognito.errors import ServiceError, invalid
from local.cognito.model import Doc
from local.cognito.store import Store

_UNIT_SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}
_DAY = 86400
_SYSTEM_SCOPES = frozenset({"openid", "email", "phone", "profile", "aws.cognito.signin.user.admin"})
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_LEGACY_FLOWS = frozenset({"ADMIN_NO_SRP_AUTH", "CUSTOM_AUTH_FLOW_ONLY", "USER_PASSWORD_AUTH"})
# Setting any of these needs AllowedOAuthFlowsUserPoolClient (B:CreateUserPoolClientRequest).
_OAUTH_MEMBERS = ("CallbackURLs", "LogoutURLs", "AllowedOAuthScopes", "AllowedOAuthFlows", "DefaultRedirectURI")
_NEVER_WRITABLE = frozenset({"sub", "email_verified", "phone_number_verified"})


def access_seconds(client: Doc) -> int:
    """How long an access token lives; one hour by default (B:TokenValidityUnitsType)."""
    return _lifetime(client, "AccessToken", default=1, unit="hours")


def id_seconds(client: Doc) -> int:
    """How long an ID token lives; one hour by default."""
    return _lifetime(client, "IdToken", default=1, unit="hours")


def refresh_seconds(client: Doc) -> int:
    """How long a refresh token lives; 30 days by default, and 0 becomes 30 days (B:TokenValidityUnitsType)."""
    return _lifetime(client, "RefreshToken", default=30, unit="days") or 30 * _DAY


def _lifetime(client: Doc, token: str, *, default: int, unit: str) -> int:
    chosen = client.get("TokenValidityUnits", {}).get(token, unit)
    return int(client.get(f"{token}Validity", default)) * _UNIT_SECONDS[chosen]


def check_client(store: Store, pool: Doc, client: Doc) -> None:
    """Raise unless `client` (complete, with its secret where it has one) may exist in `pool`."""
    _check_lifetimes(client)
    if client["EnablePropagateAdditionalUserContextData"] and "ClientSecret" not in client:
        # Said of this member in B:CreateUserPoolClientRequest.
        raise invalid("EnablePropagateAdditionalUserContextData needs a client secret.")
    _check_flows(pool, client)
    _check_providers(store, pool, client.get("SupportedIdentityProviders", []))
    _check_attributes(pool, client)
    _check_oauth(client)
    _check_urls(client)
    _check_scopes(store, pool, client.get("AllowedOAuthScopes", []))


def _check_lifetimes(client: Doc) -> None:
    for name, seconds in (("access", access_seconds(client)), ("id", id_seconds(client))):
        if not 300 <= seconds <= _DAY:
            raise invalid(f"Invalid range for token validity: the {name} token must live 5 minutes to 1 day.")
    if not 3600 <= refresh_seconds(client) <= 3650 * _DAY:
        raise invalid("Invalid range for token validity: the refresh token must live 60 minutes to 3650 days.")


def _check_flows(pool: Doc, client: Doc) -> None:
    flows = set(client.get("ExplicitAuthFlows", []))
    if flows & _LEGACY_FLOWS and flows - _LEGACY_FLOWS:
        raise invalid("Legacy ExplicitAuthFlows can not be combined with flows that begin with ALLOW_.")
    if "ALLOW_USER_AUTH" in flows and pool["UserPoolTier"] == "LITE":
        raise ServiceError("FeatureUnavailableInTierException", "ALLOW_USER_AUTH needs the ESSENTIALS feature plan.")
    # Rotation needs ALLOW_REFRESH_TOKEN_AUTH off (DG:amazon-cognito-user-pools-using-the-refresh-token).
    rotation = client.get("RefreshTokenRotation", {}).get("Feature", "DISABLED")
    if rotation == "ENABLED" and (not flows or "ALLOW_REFRESH_TOKEN_AUTH" in flows):
        raise invalid("Refresh token rotation can not be enabled with ALLOW_REFRESH_TOKEN_AUTH.")


def _check_providers(store: Store, pool: Doc, names: list[str]) -> None:
    # GH:lgallard/terraform-aws-cognito-user-pool#71
    found: list[Doc] = []
    for name in names:
        provider = store.get("providers", pool_id=str(pool["Id"]), name=name)
        if provider is None and name != "COGNITO":
            raise invalid(f"The provider {name} does not exist for User Pool {pool['Id']}.")
        found += [] if provider is None else [provider]
    if len(set(names)) != len(names):
        raise invalid("SupportedIdentityProviders names a provider twice.")
    # Sign-in that the provider begins admits no other kind of provider beside it (reference 3.1).
    initiates = any(provider["ProviderDetails"].get("IDPInit") == "true" for provider in found)
    if initiates and ("COGNITO" in names or any(provider["ProviderType"] != "SAML" for provider in found)):
        raise invalid("A client with IdP-initiated SAML sign-in supports SAML providers only.")


def _check_attributes(pool: Doc, client: Doc) -> None:
    schema = {str(attribute["Name"]): attribute for attribute in pool["SchemaAttributes"]}
    if set(client.get("ReadAttributes", [])) - schema.keys():
        raise invalid("Invalid read attributes specified while creating a client")
    write = client.get("WriteAttributes")
    if write is None:
        return
    required = {name for name, attribute in schema.items() if attribute["Required"]} - {"sub"}
    if set(write) - schema.keys() or set(write) & _NEVER_WRITABLE or required - set(write):
        raise invalid("Invalid write attributes specified while creating a client")


def _check_oauth(client: Doc) -> None:
    flows, scopes = client.get("AllowedOAuthFlows", []), client.get("AllowedOAuthScopes", [])
    if not client.get("AllowedOAuthFlowsUserPoolClient", False):
        if any(client.get(name) for name in _OAUTH_MEMBERS):
            raise invalid("AllowedOAuthFlowsUserPoolClient must be true to configure OAuth settings.")
        return
    if not flows or not scopes:
        raise _oauth(
            "AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth"
        )
    if "client_credentials" in flows:
        # It must be the only flow and needs a secret (reference 2.3, step 6).
        if len(set(flows)) > 1:
            raise _oauth("client_credentials flow can not be selected along with code flow or implicit flow.")
        if "ClientSecret" not in client:
            raise _oauth("client_credentials flow can not be selected if client does not have a client secret.")
        if set(scopes) & _SYSTEM_SCOPES:
            raise _oauth("client_credentials flow takes only scopes of resource servers.")


def _oauth(message: str) -> ServiceError:
    return ServiceError("InvalidOAuthFlowException", message)


def _check_urls(client: Doc) -> None:
    callbacks: list[Any] = client.get("CallbackURLs", [])
    for url in [*callbacks, *client.get("LogoutURLs", [])]:
        if not _acceptable(str(url)):
            raise invalid(f"{url} is not a valid redirect URL: absolute, https or loopback http, no fragment.")
    default = client.get("DefaultRedirectURI")
    if default is not None and default not in callbacks:
        raise invalid("DefaultRedirectURI must be in CallbackURLs.")


def _acceptable(url: str) -> bool:
    """HTTPS, http on loopback, or an application's own scheme; no fragment (B:CreateUserPoolClientRequest)."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    if not parts.scheme or "#" in url:
        return False
    if parts.scheme == "http":
        return host in _LOOPBACK
    return host is not None if parts.scheme == "https" else True


def _check_scopes(store: Store, pool: Doc, scopes: list[str]) -> None:
    known = {
        f"{server['Identifier']}/{scope['ScopeName']}"
        for server in store.select("resource_servers", pool_id=str(pool["Id"]))
        for scope in server["Scopes"]
    }
    for scope in scopes:
        if scope not in known | _SYSTEM_SCOPES:
            raise ServiceError("ScopeDoesNotExistException", f"Invalid scope requested: {scope}")
