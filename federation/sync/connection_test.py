"""What a test of a connection has in Cognito: brought there while it lasts, and away when it is over.

Its key is the test itself, so that nothing of it stands in the way of what the tenant's people sign in by.
"""

from collections.abc import Sequence
from dataclasses import replace

from django.conf import settings
from django.utils import timezone
from pydantic import SecretStr

from federation.connections.mapping import Mapping
from federation.connections.names import username_prefix
from federation.connections.settings import settings_from_json
from federation.connections.test_report import request_of
from federation.models import ConnectionTest, ConnectionTestState, ConnectionVersion
from federation.services.connection_test_visits import keep_sent, mark_ready
from federation.services.connection_tests import close_failed, close_overdue
from federation.sync.identity_provider import IdentityProviderFamily
from federation.sync.provider_spec import provider_of
from federation.sync.users_of_test import leaving
from federation.tokens import new_token
from identity import auth
from identity.cells import hosted_url, pool_ref
from identity.cognito.errors import InvalidRequest, Terminal
from identity.cognito.identity_providers import IdentityProvider
from identity.models import AppClient
from identity.sync.arrivals import ArrivalWishes
from identity.sync.attempt import Attempt
from identity.sync.converge import Work, converge
from identity.sync.errors import Blocked, NotYet
from identity.sync.families import client, client_specs
from identity.sync.family import Site, Step
from identity.sync.look_again import LOOK_AGAIN
from identity.sync.write_lease import pool_writer
from tenants.actor import system
from tenants.models import SyncKind
from tenants.pool_options import GROUPS_ATTRIBUTE
from tenants.services.outbox import is_owed

CALLBACK_PATH = "/federation/test/callback"
END_PATH = "/federation/test/end"
_ACTOR = system("sync")


def callback_url_of_tests() -> str:
    """Return where Cognito sends the browser of a test back to, whoever's it is."""
    return f"{settings.SIGNIN_URL}{CALLBACK_PATH}"


def end_url_of_tests() -> str:
    """Return where Cognito sends the browser once it has signed it out."""
    return f"{settings.SIGNIN_URL}{END_PATH}"


def reconcile_test(attempt: Attempt) -> None:
    """Prepare a test, or clean up after it. Whoever was interrupted begins again: each step looks first.

    Raises:
        NotYet: something has to be there first, or to be looked at once more.
    """
    rows = ConnectionTest.objects.select_related("connection", "tenant__pool__cell", "tenant__policy")
    test = rows.filter(pk=attempt.key).first()
    if test is None or test.cleaned_at is not None:
        return
    if not test.tenant.pool.is_provisioned:
        # It went with its pool.
        _keep(test, closed_at=timezone.now(), cleaned_at=timezone.now())
    elif test.is_open and test.tenant.is_active and test.connection.deleted_at is None:
        _prepare(attempt, test)
    else:
        close_overdue(test.tenant)
        _clean_up(attempt, test)


def _prepare(attempt: Attempt, test: ConnectionTest) -> None:
    try:
        with pool_writer(attempt, test.tenant.pool) as guard:
            converge(attempt, Work(_wanted(test), test.tenant.pool, test.tenant), guard=guard)
    except (Terminal, Blocked) as error:
        if isinstance(error, InvalidRequest) and is_owed(SyncKind.POOL, test.tenant.pool_id):
            # An attribute that the mapping names may be on its way.
            raise NotYet("Waits for the user pool.", delay=LOOK_AGAIN) from error
        said = error.message if isinstance(error, Terminal) else error.reason
        close_failed(test, code="not_accepted_by_cognito", detail=said, visitor=_ACTOR)
        return
    if test.state == ConnectionTestState.PREPARING:
        _look_at_request(test)
        mark_ready(test)


def _clean_up(attempt: Attempt, test: ConnectionTest) -> None:
    """Take the way in away first, so that nobody comes any more; then whoever came."""
    pool, tenant = test.tenant.pool, test.tenant
    with pool_writer(attempt, pool) as guard:
        converge(attempt, Work(_gone(test), pool, tenant), guard=guard)
        if test.closed_at is None:
            _keep(test, closed_at=timezone.now())
        if test.left_at is not None and test.closed_at is not None:
            users = leaving(username_prefix(test.provider_name), test.closed_at)
            converge(attempt, Work([users], pool, tenant), guard=guard)
    _keep(test, cleaned_at=timezone.now())


def _keep(test: ConnectionTest, **values: object) -> None:
    for name, value in values.items():
        setattr(test, name, value)
    test.save(update_fields=list(values))


def _wanted(test: ConnectionTest) -> Sequence[Step]:
    """The candidate and the app client that lists it alone; the client names no identifiers and no other way in."""
    version = _version(test)
    mapping = Mapping.from_json(version.mapping)
    kind = test.connection.kind
    given = settings_from_json(kind, version.settings)
    provider = provider_of(test.provider_name, kind, given, mapping, secret=version.secret)
    wishes = ArrivalWishes(
        listed=(provider.name,),
        callback_url=callback_url_of_tests(),
        custom_attributes=tuple(sorted({f"custom:{name}" for name in (GROUPS_ATTRIBUTE, *mapping.custom)})),
    )
    app_client = replace(
        client_specs.federated_client(test.tenant, wishes),
        name=test.tenant.client_name(test.purpose),
        logout_urls=(end_url_of_tests(),),
    )
    return (
        Step(TemporaryProviderFamily(), provider.name, provider),
        Step(client.ClientFamily(test.purpose), app_client.name, app_client),
    )


def _gone(test: ConnectionTest) -> Sequence[Step]:
    name = test.provider_name
    return (
        replace(client.retired(name), retired=False),
        Step(TemporaryProviderFamily(), name, IdentityProvider(name, "", {}), present=False),
    )


def _version(test: ConnectionTest) -> ConnectionVersion:
    return ConnectionVersion.objects.get(tenant=test.tenant, connection=test.connection_id, number=test.version)


def _look_at_request(test: ConnectionTest) -> None:
    """Keep what Cognito sends to the identity provider, to be shown beside what comes back.

    Read from a request like the one that the browser will carry: that one answers with cookies that only the browser
    may have.
    """
    app_client = AppClient.objects.get(tenant=test.tenant, pool=test.tenant.pool, purpose=test.purpose)
    ref = auth.AppClientRef(
        pool_ref(test.tenant.pool).endpoint,
        pool_ref(test.tenant.pool).pool_id,
        app_client.client_id,
        SecretStr(app_client.secret),
    )
    asked = auth.FederatedRequest(test.provider_name, callback_url_of_tests(), new_token(), new_token(), new_token())
    address = auth.next_address(auth.federated_sign_in_url(ref, hosted_url(test.tenant.pool), asked))
    if address:
        keep_sent(test, "theirs", request_of(address).to_json())


class TemporaryProviderFamily(IdentityProviderFamily):
    """The identity provider of a test, which must not stay behind where the answer to its creation was lost."""

    def observe(self, site: Site, spec: IdentityProvider) -> IdentityProvider | None:
        """Describe it.

        Raises:
            NotYet: it may be there, from a create of which nothing is known, and not be shown yet.
        """
        live = super().observe(site, spec)
        if live is None and site.tracked.may_have_been_created():
            raise NotYet("The answer to the creation was lost; looking whether it took place.", delay=LOOK_AGAIN)
        return live
