"""A tenant's confidential app client."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.db import transaction

from identity.cognito import app_clients, errors
from identity.cognito.app_clients import DescribedAppClient
from identity.cognito.client_spec import AppClientSpec, client_settings
from identity.cognito.merge import merge_client_update
from identity.models import AppClient, Family
from identity.sync.adoption import audit_adoption
from identity.sync.arrivals import NOBODY, ArrivalWishes
from identity.sync.changes import Change, differences, flatten, nest
from identity.sync.errors import Blocked, NotYet
from identity.sync.family import Fact, ResourceFamily, Site, Step
from identity.sync.look_again import LOOK_AGAIN
from identity.sync.native import NativeApplication
from tenants.models import Tenant

_SETS = frozenset(
    [
        "ExplicitAuthFlows",
        "SupportedIdentityProviders",
        "CallbackURLs",
        "LogoutURLs",
        "AllowedOAuthFlows",
        "AllowedOAuthScopes",
        "ReadAttributes",
        "WriteAttributes",
    ]
)
_SECRET = "ClientSecret"  # noqa: S105  # The name of a setting.


@dataclass(frozen=True)
class LiveClient:
    """An app client in Cognito; `kept` says that our row has its id and its secret."""

    described: DescribedAppClient
    kept: bool
    twins: tuple[str, ...] = ()


def desired(tenant: Tenant, purpose: str) -> AppClientSpec:
    """Return the app client with which Lifeguard signs the tenant's users in. Pure.

    Cognito's own tokens are thrown away after sign-in, so they live as short as Cognito lets them: 5 minutes, and 60
    for the refresh token. A token from API sign-in carries `aws.cognito.signin.user.admin`, with which its holder could
    write attributes; only `name` is writable, so that not even a leaked one changes an e-mail address.
    """
    # With no way in but a refresh token, and those are revoked, the client of a suspended tenant lets nobody in.
    ways_in = ("ALLOW_USER_SRP_AUTH",) if tenant.is_active else ()
    return AppClientSpec(
        name=tenant.client_name(purpose),
        auth_flows=(*ways_in, "ALLOW_REFRESH_TOKEN_AUTH"),
        read_attributes=("email", "email_verified"),
        write_attributes=("name",),
        access_token_minutes=5,
        id_token_minutes=5,
        refresh_token_minutes=60,
        # The longest: somebody who sets up an authenticator app needs a while.
        session_minutes=15,
    )


def desired_federated(tenant: Tenant, arriving: ArrivalWishes) -> AppClientSpec:
    """Return the app client by which people arrive from the tenant's identity providers. Pure.

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
        oauth_flows=("code",) if is_open else (),
        oauth_scopes=("openid", "email", "profile") if is_open else (),
        read_attributes=("email_verified", *writes),
        write_attributes=writes,
        access_token_minutes=5,
        id_token_minutes=5,
        refresh_token_minutes=60,
    )


def retired(name: str) -> Step:
    """Return how to delete the app client of a purpose that a tenant no longer has. Pure."""
    _key, _hyphen, purpose = name.partition("-")
    return Step(ClientFamily(purpose), name, AppClientSpec(name=name), present=False)


def desired_native(tenant: Tenant, application: NativeApplication) -> AppClientSpec:
    """Return the app client of an application that takes Cognito's own tokens. Pure.

    A rotating refresh token is renewed at the token endpoint, and the old way has to be off for it (developer guide,
    "Refresh token rotation").
    """
    mode = application.mode
    if not tenant.is_active:
        return _closed(tenant, application)
    scopes = [*mode.standard_scopes, *(f"{application.audience}/{name}" for name, _text in application.scopes)]
    return AppClientSpec(
        name=tenant.client_name(application.purpose),
        confidential=not mode.public_client,
        auth_flows=("ALLOW_USER_SRP_AUTH", *(() if mode.rotate_refresh else ("ALLOW_REFRESH_TOKEN_AUTH",))),
        callback_urls=application.redirect_uris,
        logout_urls=application.logout_uris,
        oauth_flows=("code",),
        oauth_scopes=tuple(scopes),
        read_attributes=tuple(mode.readable),
        write_attributes=tuple(mode.writable),
        access_token_minutes=mode.access_minutes,
        id_token_minutes=mode.id_minutes,
        refresh_token_minutes=mode.refresh_days * 24 * 60,
        rotation_grace_seconds=mode.rotation_grace_seconds if mode.rotate_refresh else None,
    )


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


class ClientFamily(ResourceFamily[AppClientSpec, LiveClient]):
    """A tenant's app client of one purpose."""

    family: ClassVar[Family] = Family.CLIENT
    ours: ClassVar[frozenset[str]] = frozenset({_SECRET})

    def __init__(self, purpose: str) -> None:
        self._purpose = purpose

    def facts(self, spec: AppClientSpec) -> tuple[Fact, ...]:
        """See `ResourceFamily`."""
        if spec.name.endswith(f"-{AppClient.FEDERATED}"):
            return (
                Fact("Secret", "generated by Cognito, known to Lifeguard alone"),
                Fact("Sign-in", ", ".join(spec.identity_providers) if spec.oauth_flows else "closed"),
                Fact("Tokens", f"{spec.access_token_minutes} minutes; never leave Lifeguard"),
            )
        if spec.oauth_flows:
            return (
                Fact("Secret", "generated by Cognito" if spec.confidential else "none: a public client"),
                Fact("Scopes", ", ".join(spec.oauth_scopes)),
                Fact("Access tokens", f"{spec.access_token_minutes} minutes; Cognito's own"),
            )
        return (
            Fact("Secret", "generated by Cognito, known to Lifeguard alone"),
            Fact("Sign-in", "password over SRP"),
            Fact("Unknown users", "answered like wrong passwords"),
            Fact("Tokens", f"{spec.access_token_minutes} minutes; never leave Lifeguard"),
        )

    def wanted(self, spec: AppClientSpec) -> Mapping[str, Any]:
        """See `ResourceFamily`."""
        return flatten(client_settings(spec), unordered=_SETS)

    def observe(self, site: Site, spec: AppClientSpec) -> LiveClient | None:
        """Describe the client that our row names, or look for one of our name.

        Raises:
            NotYet: it may be there, from a create of which nothing is known, and not yet in the listing.
        """
        row = self._row(site)
        if row is not None and (described := _describe(site, row.client_id)) is not None:
            return LiveClient(described, kept=_same_secret(row, described))
        if row is None and not site.tracked.create_was_sent:
            return None
        found = _named(site, spec.name)
        if found:
            keep, *twins = found
            return LiveClient(keep, kept=False, twins=tuple(twin.client_id for twin in twins))
        if row is None and site.tracked.may_have_been_created():
            raise NotYet("The answer to the creation was lost; looking whether it took place.", delay=LOOK_AGAIN)
        return None

    def diff(self, spec: AppClientSpec, live: LiveClient) -> list[Change]:
        """See `ResourceFamily`.

        Raises:
            Blocked: it has a secret and should have none, or the other way round, which Cognito cannot change.
        """
        _refuse_kind(spec, live.described)
        changes = differences(client_settings(spec), _without_what_is_off(live.described.document), unordered=_SETS)
        return changes if live.kept else [Change(_SECRET, "not kept", "kept"), *changes]

    def create(self, site: Site, spec: AppClientSpec) -> LiveClient:
        """Create the client and keep its id and secret."""
        try:
            with _patience_with_providers(spec):
                described = app_clients.create_client(site.pool_ref, spec, priority=site.priority)
        except NotYet:
            # Cognito answered, so that nothing was made.
            site.tracked.create_refused()
            raise
        with transaction.atomic():
            self._keep(site, described)
        return LiveClient(described, kept=True)

    def update(self, site: Site, spec: AppClientSpec, live: LiveClient, changes: Sequence[Change]) -> LiveClient:
        """Keep the id and secret of a client that was found, then write what differs."""
        if not live.kept:
            with transaction.atomic():
                self._keep(site, live.described)
                audit_adoption(site, live.described.client_id, live.twins)
        settings = [change for change in changes if change.field != _SECRET]
        if not settings:
            return LiveClient(live.described, kept=True)
        request = merge_client_update(live.described.document, nest(settings))
        with _patience_with_providers(spec):
            return LiveClient(app_clients.update_client(site.pool_ref, request, priority=site.priority), kept=True)

    def delete(self, site: Site, spec: AppClientSpec, live: LiveClient) -> None:
        """Delete the client; the row with its secret goes with `forget`."""
        app_clients.delete_client(site.pool_ref, live.described.client_id, priority=site.priority)

    def forget(self, site: Site, spec: AppClientSpec) -> None:
        """Delete the row with its secret."""
        AppClient.objects.filter(tenant=site.tenant, pool=site.pool, purpose=self._purpose).delete()

    def remote_id(self, live: LiveClient) -> str:
        """See `ResourceFamily`."""
        return live.described.client_id

    def _row(self, site: Site) -> AppClient | None:
        return AppClient.objects.filter(tenant=site.tenant, pool=site.pool, purpose=self._purpose).first()

    def _keep(self, site: Site, described: DescribedAppClient) -> None:
        row = self._row(site) or AppClient(tenant=site.tenant, pool=site.pool, purpose=self._purpose)
        row.client_id = described.client_id
        row.seal_secret(_secret(described))
        row.save()


@contextlib.contextmanager
def _patience_with_providers(spec: AppClientSpec) -> Iterator[None]:
    """Wait where Cognito does not know a provider yet that it has just made.

    "The provider … does not exist", seen for a moment after CreateIdentityProvider (GitHub,
    lgallard/terraform-aws-cognito-user-pool issue 71). The plan made sure of the provider before it came here.

    Raises:
        NotYet: it is to be tried again soon.
    """
    try:
        yield
    except errors.InvalidRequest as error:
        said = str(error)
        if "does not exist" in said and any(name in said for name in spec.identity_providers):
            raise NotYet("Cognito does not show a new identity provider yet.", delay=LOOK_AGAIN) from error
        raise


def _refuse_kind(spec: AppClientSpec, described: DescribedAppClient) -> None:
    if (described.secret is not None) == spec.confidential:
        return
    has, wanted = ("no secret", "confidential") if spec.confidential else ("a secret", "public")
    raise Blocked(
        "WrongKindOfClient",
        f"The app client {described.name} ({described.client_id}) has {has}.",
        remedy=f"Switch native mode off, wait for the sync, and on again; Lifeguard then creates a {wanted} one.",
    )


def _without_what_is_off(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The settings without a rotation that is there and switched off, which is the same as none."""
    if document.get("RefreshTokenRotation", {}).get("Feature") != "DISABLED":
        return document
    return {name: value for name, value in document.items() if name != "RefreshTokenRotation"}


def _describe(site: Site, client_id: str) -> DescribedAppClient | None:
    try:
        return app_clients.describe_client(site.pool_ref, client_id, priority=site.priority)
    except errors.NotFound:
        return None


def _named(site: Site, name: str) -> list[DescribedAppClient]:
    """The pool's clients of that name, oldest first. The whole listing is read: a page that fails raises."""
    listing = app_clients.list_clients(site.pool_ref, priority=site.priority)
    summaries = [client for client in listing if client.name == name]
    described = [
        app_clients.describe_client(site.pool_ref, client.client_id, priority=site.priority) for client in summaries
    ]
    return sorted(described, key=_age)


def _age(client: DescribedAppClient) -> tuple[float, str]:
    created: datetime = client.document["CreationDate"]
    return (created.timestamp(), client.client_id)


def _same_secret(row: AppClient, described: DescribedAppClient) -> bool:
    return row.secret == _secret(described)


def _secret(described: DescribedAppClient) -> str:
    """The client's secret; a public client's is empty."""
    return described.secret.get_secret_value() if described.secret is not None else ""
