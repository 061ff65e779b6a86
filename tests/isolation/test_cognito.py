"""Two tenants of one pool connect one identity provider: at Cognito itself, neither gets at the other's.

What Cognito does is its own; that no app client, name or identifier of ours lets one tenant into the other's is ours.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import httpx
import pytest

from federation.models import BrowserSession, Connection, FederatedIdentity, FederatedSignIn
from federation.services.connection_states import delete_connection
from identity.cells import pool_ref
from identity.cognito import identity_providers
from identity.models import DirectoryUser
from tenants.models import Application, Cell, PoolKind, Tenant, TenantApplication
from tests.federation.arrivals import HTTP, Traveller, apply, connect, other_claims
from tests.federation.conftest import MakeTenant, application, make_tenant
from tests.support.connections import ACTOR
from tests.support.oidc_idp import OidcIdp
from tests.support.sync import PRIORITY

__all__ = ["application", "make_tenant"]

pytestmark = pytest.mark.urls("config.urls.signin")


@dataclass(frozen=True)
class Side:
    """A tenant and its connection."""

    tenant: Tenant
    connection: Connection


@pytest.fixture
def idp() -> Iterator[OidcIdp]:
    """The OpenID provider of both, which signs Ada in without asking."""
    running = OidcIdp()
    yield running
    running.stop()


@pytest.fixture
def sides(local_cell: Cell, make_tenant: MakeTenant, application: Application, idp: OidcIdp) -> tuple[Side, Side]:
    """Globex and Initech, beside each other, each with an active connection to it."""
    local_cell.hosted_base_url = local_cell.endpoint_url
    local_cell.save(update_fields=["hosted_base_url"])
    globex = make_tenant("globex", PoolKind.SHARED)
    initech = make_tenant("initech", beside=globex)
    for tenant in (globex, initech):
        TenantApplication.objects.create(tenant=tenant, application=application)
    return Side(globex, connect(globex, idp)), Side(initech, connect(initech, idp))


def asked(address: str, **changed: str | None) -> str:
    """An address at Cognito with other parameters; None takes one away."""
    parts = urlsplit(address)
    query = {**{name: values[0] for name, values in parse_qs(parts.query).items()}, **changed}
    kept = {name: value for name, value in query.items() if value is not None}
    return urlunsplit(parts._replace(query=urlencode(kept)))


def refusal(answer: httpx.Response) -> tuple[int, str, str]:
    """What an answer of Cognito's tells."""
    return answer.status_code, answer.headers.get("location", ""), answer.text


@pytest.mark.parametrize("parameter", ["identity_provider", "idp_identifier"])
def test_our_app_client_leads_to_no_neighbours_provider(
    sides: tuple[Side, Side], application: Application, parameter: str
) -> None:
    """By its name, or by what might be an identifier of it: as for a name that nobody has."""
    ours, theirs = sides
    address = Traveller(application).leave(ours.tenant, ours.connection)
    found = []
    for name in (theirs.connection.provider_name, f"{theirs.tenant.key}-nothing"):
        named = {"identity_provider": None, "idp_identifier": None, parameter: name}
        found.append(refusal(HTTP.get(asked(address, **named))))
    assert found[0] == found[1]
    assert found[0][0] == 400
    assert found[0][1] == ""


def test_no_identifier_stands_for_a_provider(sides: tuple[Side, Side]) -> None:
    """Identifiers are the pool's, so that one tenant's would stand in the way of another's."""
    for side in sides:
        name = side.connection.provider_name
        found = identity_providers.describe(pool_ref(side.tenant.pool), name, priority=PRIORITY)
        assert found is not None
        assert found.identifiers == ()


@pytest.mark.parametrize("whose", ["their code with our state", "our code with their state"])
def test_a_neighbours_code_and_state_do_not_mix_with_ours(
    sides: tuple[Side, Side], application: Application, whose: str
) -> None:
    """In one browser, which is on its way into both."""
    ours, theirs = sides
    ada = Traveller(application)
    there = [parse_qs(urlsplit(ada.travel(ada.leave(side.tenant, side.connection))).query) for side in (ours, theirs)]
    code, state = (there[1], there[0]) if whose.startswith("their") else (there[0], there[1])
    ada.arrive(f"http://x/federation/callback?{urlencode({'code': code['code'][0], 'state': state['state'][0]})}")
    assert ada.page.status_code == 403
    assert not BrowserSession.objects.exists()
    assert not FederatedIdentity.objects.exists()


def test_a_neighbours_sign_in_cannot_be_finished_elsewhere(sides: tuple[Side, Side], application: Application) -> None:
    """A browser on its way into ours brings the answer to somebody else's sign-in at theirs."""
    ours, theirs = sides
    bob, eve = Traveller(application), Traveller(application)
    address = bob.travel(bob.leave(theirs.tenant, theirs.connection))
    eve.leave(ours.tenant, ours.connection)
    eve.arrive(address)
    assert eve.page.status_code == 404
    assert theirs.tenant.name not in eve.text
    bob.arrive(address)
    bob.answer()
    assert FederatedSignIn.objects.get(connection=theirs.connection).user is not None


def test_one_person_at_both_is_two_users_with_two_histories(
    sides: tuple[Side, Side], application: Application, idp: OidcIdp
) -> None:
    """Of one subject and one address: what changes at one says nothing at the other."""
    ours = sides[0]
    for side in sides:
        Traveller(application).come_by(side.tenant, side.connection)
    other_claims(idp, email="countess@acme.example")
    Traveller(application).come_by(ours.tenant, ours.connection)
    found = {side.tenant.slug: DirectoryUser.objects.get(tenant=side.tenant) for side in sides}
    assert (found["globex"].email, found["initech"].email) == ("countess@acme.example", "ada@acme.example")
    subjects = FederatedIdentity.objects.values_list("subject", "tenant", "user__tenant")
    assert sorted(subjects) == sorted(("u-1", side.tenant.pk, side.tenant.pk) for side in sides)


def test_what_ends_at_one_goes_on_at_the_other(sides: tuple[Side, Side], application: Application) -> None:
    """A deleted connection takes its own provider along, and no other."""
    ours, theirs = sides
    name = ours.connection.name
    delete_connection(ours.tenant, ours.connection.pk, confirm_name=name, actor=ACTOR)
    apply(ours.tenant)
    pool = pool_ref(ours.tenant.pool)
    there = [identity_providers.describe(pool, side.connection.provider_name, priority=PRIORITY) for side in sides]
    assert [each is not None for each in there] == [False, True]
    bob = Traveller(application)
    bob.come_by(theirs.tenant, theirs.connection)
    bob.answer()
