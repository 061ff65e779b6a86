"""What each of a tenant's app clients should be. Pure."""

from collections.abc import Collection
from dataclasses import replace

from identity.cognito.client_spec import AppClientSpec
from identity.models import AppClient
from identity.sync.arrivals import NOBODY, ArrivalWishes
from identity.sync.native import NativeApplication
from tenants.models import Tenant
from tenants.ways_in import allowed_ways

# For how long people can change how they sign in after they did (`federation.services.session_credentials`).
ACCESS_TOKEN_MINUTES = 15


def sign_in_client(tenant: Tenant, purpose: str) -> AppClientSpec:
    """Return the app client with which Lifeguard signs the tenant's users in.

    Of Cognito's own tokens only the access token is kept after sign-in, sealed, for what people change about their
    account in the minutes after it: it lives for 15. The others live as short as Cognito lets them: 5 minutes, and 60
    for the refresh token. A token from API sign-in carries `aws.cognito.signin.user.admin`, with which its holder could
    write attributes; only `name` is writable, so that not even a leaked one changes an e-mail address.
    """
    # With no way in but a refresh token, and those are revoked, the client of a suspended tenant lets nobody in.
    ways_in: tuple[str, ...] = ()
    if tenant.is_active:
        # Codes and passkeys come by Cognito's choice of factor, which stays off for tenants that want passwords alone.
        ways_in = ("ALLOW_USER_SRP_AUTH", *(("ALLOW_USER_AUTH",) if allowed_ways(tenant) else ()))
    return AppClientSpec(
        name=tenant.client_name(purpose),
        auth_flows=(*ways_in, "ALLOW_REFRESH_TOKEN_AUTH"),
        read_attributes=("email", "email_verified"),
        write_attributes=("name",),
        access_token_minutes=ACCESS_TOKEN_MINUTES,
        id_token_minutes=5,
        refresh_token_minutes=60,
        # The longest: somebody who sets up an authenticator app needs a while.
        session_minutes=15,
    )


def federated_client(tenant: Tenant, arriving: ArrivalWishes) -> AppClientSpec:
    """Return the app client by which people arrive from the tenant's identity providers.

    It is another than the one for passwords because an identity provider can write only what its client may write
    ("Specifying identity provider attribute mappings"). Its tokens carry no `aws.cognito.signin.user.admin`, so that
    whoever held one could write nothing all the same; and with no other way in, nobody gets such tokens by it.
    """
    writes = ("email", "family_name", "given_name", "name", *arriving.custom_attributes)
    open_to = arriving if tenant.is_active else NOBODY
    is_open = bool(open_to.listed)
    return AppClientSpec(
        name=tenant.client_name(AppClient.FEDERATED),
        auth_flows=("ALLOW_REFRESH_TOKEN_AUTH",),
        # Cognito takes no client without any; the pool's own users have no way in by this one.
        identity_providers=open_to.listed or ("COGNITO",),
        callback_urls=(open_to.callback_url,) if is_open else (),
        logout_urls=(open_to.logout_url,) if is_open and open_to.logout_url else (),
        oauth_flows=("code",) if is_open else (),
        oauth_scopes=("openid", "email", "profile") if is_open else (),
        read_attributes=("email_verified", *writes),
        write_attributes=writes,
        access_token_minutes=5,
        id_token_minutes=5,
        refresh_token_minutes=60,
    )


def without_providers(spec: AppClientSpec, absent: Collection[str]) -> AppClientSpec:
    """Return an app client that lists only what is there: Cognito takes none that lists an unknown provider."""
    left = tuple(name for name in spec.identity_providers if name not in absent)
    if left:
        return replace(spec, identity_providers=left)
    # Closed as one that nobody arrives by: with COGNITO on the list the pool's own users could.
    return replace(
        spec, identity_providers=("COGNITO",), callback_urls=(), logout_urls=(), oauth_flows=(), oauth_scopes=()
    )


def native_client(tenant: Tenant, application: NativeApplication) -> AppClientSpec:
    """Return the app client of an application that takes Cognito's own tokens.

    A rotating refresh token is renewed at the token endpoint, and the old way has to be off for it (developer guide,
    "Refresh token rotation").
    """
    mode = application.mode
    if not tenant.is_active:
        return _closed(tenant, application)
    return AppClientSpec(
        name=tenant.client_name(application.purpose),
        confidential=not mode.public_client,
        auth_flows=("ALLOW_USER_SRP_AUTH", *(() if mode.rotate_refresh else ("ALLOW_REFRESH_TOKEN_AUTH",))),
        callback_urls=application.redirect_uris,
        logout_urls=application.logout_uris,
        oauth_flows=("code",),
        oauth_scopes=native_scopes(application),
        read_attributes=tuple(mode.readable),
        write_attributes=tuple(mode.writable),
        access_token_minutes=mode.access_minutes,
        id_token_minutes=mode.id_minutes,
        refresh_token_minutes=mode.refresh_days * 24 * 60,
        rotation_grace_seconds=mode.rotation_grace_seconds if mode.rotate_refresh else None,
    )


def native_scopes(application: NativeApplication) -> tuple[str, ...]:
    """Return the scopes that an application in native mode may ask Cognito for."""
    own = (f"{application.audience}/{name}" for name, _text in application.scopes)
    return (*application.mode.standard_scopes, *own)


def _closed(tenant: Tenant, application: NativeApplication) -> AppClientSpec:
    """The app client of a tenant that is suspended or deleted: nobody gets in, and no refresh token works.

    Cognito takes no client without any way in, and one without a word on it gets three of them. The way that is left
    needs credentials of the AWS account. OAuth is off, and Cognito takes addresses only from a client that has it on.
    """
    mode = application.mode
    return AppClientSpec(
        name=tenant.client_name(application.purpose),
        confidential=not mode.public_client,
        auth_flows=("ALLOW_ADMIN_USER_PASSWORD_AUTH",),
        read_attributes=tuple(mode.readable),
        write_attributes=tuple(mode.writable),
        access_token_minutes=mode.access_minutes,
        id_token_minutes=mode.id_minutes,
        refresh_token_minutes=mode.refresh_days * 24 * 60,
    )
