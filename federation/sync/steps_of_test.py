"""The resources of a test of a connection: a provider, unless it goes by the tenant's own, and the app client."""

from collections.abc import Sequence
from dataclasses import replace

from django.conf import settings

from federation.connections.mapping import Mapping
from federation.connections.settings import settings_from_json
from federation.models import ConnectionTest, ConnectionVersion
from federation.sync.identity_provider import IdentityProviderFamily
from federation.sync.provider_spec import attributes_of, provider_of
from federation.sync.social_test import refuse_others
from identity.cognito import identity_providers
from identity.cognito.identity_providers import IdentityProvider
from identity.sync.arrivals import ArrivalWishes
from identity.sync.errors import NotYet
from identity.sync.families import client, client_specs
from identity.sync.family import Site, Step
from identity.sync.look_again import LOOK_AGAIN
from tenants.pool_options import GROUPS_ATTRIBUTE

CALLBACK_PATH = "/federation/test/callback"
END_PATH = "/federation/test/end"


def callback_url_of_tests() -> str:
    """Return where Cognito sends the browser of a test back to, whoever's it is."""
    return f"{settings.SIGNIN_URL}{CALLBACK_PATH}"


def end_url_of_tests() -> str:
    """Return where Cognito sends the browser once it has signed it out."""
    return f"{settings.SIGNIN_URL}{END_PATH}"


class TemporaryProviderFamily(IdentityProviderFamily):
    """The identity provider of a test, which must not stay behind where the answer to its creation was lost."""

    def __init__(self, *, is_social: bool) -> None:
        self._is_social = is_social

    def observe(self, site: Site, spec: IdentityProvider) -> IdentityProvider | None:
        """Describe it.

        Raises:
            NotYet: it may be there, from a create of which nothing is known, and not be shown yet.
            Blocked: the one that a pool has of its kind is somebody else's.
        """
        live = super().observe(site, spec)
        if live is None and site.tracked.may_have_been_created():
            raise NotYet("The answer to the creation was lost; looking whether it took place.", delay=LOOK_AGAIN)
        if live is not None and self._is_social:
            refuse_others(site, live)
        return live

    def delete(self, site: Site, spec: IdentityProvider, live: IdentityProvider) -> None:
        """Delete it; the client of the test, which alone lists it, went before."""
        identity_providers.delete(site.pool_ref, live.name, priority=site.priority)


def wanted(test: ConnectionTest, *, makes_provider: bool) -> Sequence[Step]:
    """Return the provider and the client that lists it alone; the client names no identifiers and no other way in."""
    version = ConnectionVersion.objects.get(tenant=test.tenant, connection=test.connection_id, number=test.version)
    mapping, kind = Mapping.from_json(version.mapping), test.connection.kind
    given = settings_from_json(kind, version.settings).for_test()
    provider = provider_of(test.provider_name, kind, given, mapping, secret=version.secret)
    wishes = ArrivalWishes(
        listed=(provider.name,),
        callback_url=callback_url_of_tests(),
        custom_attributes=tuple(sorted({f"custom:{GROUPS_ATTRIBUTE}", *attributes_of(mapping)})),
    )
    app_client = replace(
        client_specs.federated_client(test.tenant, wishes), name=test.client_name, logout_urls=(end_url_of_tests(),)
    )
    client_step = Step(client.ClientFamily(test.purpose), app_client.name, app_client)
    family = TemporaryProviderFamily(is_social=test.connection.is_social)
    return (Step(family, provider.name, provider), client_step) if makes_provider else (client_step,)


def gone(test: ConnectionTest, *, leaves_provider: bool) -> Sequence[Step]:
    """Return how both go, the way in first. Of a social provider only one that the test is known to have made does."""
    client_step, name = replace(client.retired(test.client_name), retired=False), test.provider_name
    if leaves_provider:
        return (client_step,)
    is_social = test.connection.is_social
    family = TemporaryProviderFamily(is_social=is_social)
    return (client_step, Step(family, name, IdentityProvider(name, "", {}), present=False, retired=is_social))
