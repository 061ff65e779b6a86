"""A worker that dies while it prepares a test, or cleans up after it, leaves nothing twice and nothing behind."""

from collections.abc import Iterator

import pytest

from federation.connections.settings import OidcSettings
from federation.models import Connection, ConnectionTest
from federation.services.connection_tests import cancel_test, start_test
from identity.cells import pool_ref
from identity.cognito import users
from tenants.models import Cell, PoolKind, Tenant
from tests.federation.conftest import MakeTenant
from tests.federation.trying_out import SESSION, Tab, current, is_ready, let_listings_follow, nothing_is_left
from tests.support.cognito import LocalCognito
from tests.support.connections import ACTOR, google_connection, oidc_connection
from tests.support.oidc_idp import CLIENT_ID, CLIENT_SECRET, OidcIdp
from tests.support.processes import LiveProcess
from tests.support.sync import PRIORITY, let_grace_pass, let_leases_expire, make_due
from tests.support.waiting import eventually

pytestmark = pytest.mark.urls("config.urls.signin")


@pytest.fixture
def idp() -> Iterator[OidcIdp]:
    """An OpenID provider."""
    running = OidcIdp()
    yield running
    running.stop()


@pytest.fixture
def google(local_cell: Cell, make_tenant: MakeTenant, idp: OidcIdp, cognito: LocalCognito) -> Connection:
    """A complete draft of a connection to Google, whose place the provider takes."""
    local_cell.hosted_base_url = local_cell.endpoint_url
    local_cell.save(update_fields=["hosted_base_url"])
    cognito.play_social(Google=idp.issuer)
    return google_connection(make_tenant("acme"), secret=CLIENT_SECRET)


@pytest.fixture
def connection(local_cell: Cell, make_tenant: MakeTenant, idp: OidcIdp) -> Connection:
    """A complete draft of a tenant in a shared pool."""
    local_cell.hosted_base_url = local_cell.endpoint_url
    local_cell.save(update_fields=["hosted_base_url"])
    tenant: Tenant = make_tenant("globex", PoolKind.SHARED)
    settings = OidcSettings(
        issuer=idp.issuer,
        client_id=CLIENT_ID,
        authorize_url=f"{idp.issuer}/authorize",
        token_url=f"{idp.issuer}/token",
        userinfo_url=f"{idp.issuer}/userinfo",
        jwks_url=f"{idp.issuer}/jwks",
    )
    made = oidc_connection(tenant, settings=settings, secret=CLIENT_SECRET)
    made.tenant = tenant
    return made


def is_clean(test: ConnectionTest) -> bool:
    """Say whether the worker has cleaned up; what it waits for meanwhile comes at once."""
    let_listings_follow(test)
    make_due()
    return current(test).cleaned_at is not None


def die_at_the_held_call(cognito: LocalCognito, worker: LiveProcess) -> None:
    """Kill the worker at the call that is held, let all times run out that its death left, and start another."""
    eventually(cognito.is_holding)
    worker.kill()
    eventually(lambda: not cognito.is_holding())
    let_leases_expire()
    let_grace_pass()
    worker.start()


@pytest.mark.parametrize("moment", ["hold_before", "hold_after"])
@pytest.mark.parametrize("operation", ["CreateIdentityProvider", "CreateUserPoolClient"])
def test_killed_while_preparing(
    cognito: LocalCognito, crashing_worker: LiveProcess, connection: Connection, operation: str, moment: str
) -> None:
    """The next one makes what is missing, once; canceled then, all of it goes."""
    cognito.forget_calls()
    cognito.fault(operation, moment)
    test = start_test(connection.tenant, connection.pk, session=SESSION, actor=ACTOR)
    die_at_the_held_call(cognito, crashing_worker)
    eventually(lambda: is_ready(test))
    assert cognito.applied(operation) == 1
    cancel_test(current(test))
    eventually(lambda: is_clean(test))
    assert nothing_is_left(test)


@pytest.mark.parametrize("operation", ["DeleteUserPoolClient", "DeleteIdentityProvider", "AdminDeleteUser"])
def test_killed_while_cleaning_up(
    cognito: LocalCognito, crashing_worker: LiveProcess, connection: Connection, operation: str
) -> None:
    """After a call whose answer it did not see; the next one goes on."""
    test, tab = start_test(connection.tenant, connection.pk, session=SESSION, actor=ACTOR), Tab()
    eventually(lambda: is_ready(test))
    address = tab.travel(tab.leave(test))
    cognito.fault(operation, "hold_after")
    tab.come_back(address)
    die_at_the_held_call(cognito, crashing_worker)
    eventually(lambda: is_clean(test))
    assert nothing_is_left(test)


@pytest.mark.parametrize("operation", ["CreateIdentityProvider", "DeleteIdentityProvider", "AdminDeleteUser"])
def test_killed_at_work_for_a_social_connection(
    cognito: LocalCognito, crashing_worker: LiveProcess, google: Connection, operation: str
) -> None:
    """The one provider of its kind is known to be the test's, whenever the worker dies, and nothing of it stays."""
    cognito.fault(operation, "hold_after")
    test, tab = start_test(google.tenant, google.pk, session=SESSION, actor=ACTOR), Tab()
    if operation == "CreateIdentityProvider":
        die_at_the_held_call(cognito, crashing_worker)
    eventually(lambda: is_ready(test))
    tab.come_back(tab.travel(tab.leave(test)))
    if operation != "CreateIdentityProvider":
        die_at_the_held_call(cognito, crashing_worker)
    eventually(lambda: is_clean(test))
    assert nothing_is_left(test)
    assert not list(users.list_by_prefix(pool_ref(google.tenant.pool), "google_", priority=PRIORITY))
