"""A connection that goes out of use takes with it whoever came by it: sessions, tokens, and the dashboard."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from federation.models import BrowserSession, Connection
from federation.selectors.connection_sessions import is_signed_in_by, signed_in_by
from federation.services import connection_states as states
from federation.tokens import new_token
from identity import auth
from identity.models import DirectoryUser
from tenants.audit_actions import Action
from tenants.models import Account, AuditEvent, SignInPolicy, Tenant
from tests.federation.arrivals import Traveller, apply, user_of
from tests.federation.browser import Browser, json_of
from tests.federation.conftest import MakeUser
from tests.support.connections import ACTOR

pytestmark = pytest.mark.urls("config.urls.signin")
End = Callable[[Tenant, Connection], None]


def disable(tenant: Tenant, connection: Connection) -> None:
    states.disable(tenant, connection.pk, actor=ACTOR)


def delete(tenant: Tenant, connection: Connection) -> None:
    states.delete_connection(tenant, connection.pk, confirm_name=connection.name, actor=ACTOR)


def is_asked(browser: Browser, tenant: Tenant) -> bool:
    """Say whether somebody has to sign in: no session answers for them."""
    browser.authorize(organization=tenant.slug, nonce=new_token())
    return "sign-in" in browser.address


@pytest.mark.parametrize("end", [disable, delete])
def test_who_came_by_it_is_signed_out_at_once(
    tenant: Tenant, connection: Connection, ada: Traveller, make_user: MakeUser, end: End
) -> None:
    """Of everything that their sign-in led to; who signed in with a password stays."""
    ada.come_by(tenant, connection)
    refresh = json_of(ada.exchange(ada.answer()["code"]))["refresh_token"]
    ada.authorize(organization=tenant.slug, nonce=new_token())
    unused = ada.answer()["code"]
    bob = make_user(tenant, "bob@acme.example")
    other = Browser(ada.application)
    other.hold_session(bob)
    apply(tenant)
    end(tenant, connection)
    assert ada.refresh(refresh).status_code == 400
    assert ada.exchange(unused).status_code == 400
    assert is_asked(ada, tenant)
    assert not is_asked(other, tenant)
    ends = (Action.CONNECTION_DISABLED, Action.CONNECTION_DELETED)
    told = AuditEvent.objects.get(tenant=tenant, action__in=ends)
    assert told.after["signed_out"] == 1


def test_in_use_again_it_asks_everybody_anew(tenant: Tenant, connection: Connection, ada: Traveller) -> None:
    """What ended stays ended; who signs in anew stays in."""
    ada.come_by(tenant, connection)
    refresh = json_of(ada.exchange(ada.answer()["code"]))["refresh_token"]
    disable(tenant, connection)
    states.enable(tenant, connection.pk, actor=ACTOR)
    apply(tenant)
    assert ada.refresh(refresh).status_code == 400
    assert is_asked(ada, tenant)
    ada.arrive(ada.travel(ada.leave(tenant, connection, nonce=new_token())))
    assert ada.exchange(ada.answer()["code"]).status_code == 200
    assert not is_asked(ada, tenant)


def test_a_session_that_begins_at_that_moment_does_not_count(
    tenant: Tenant, connection: Connection, ada: Traveller
) -> None:
    """Somebody who was on the way in while the connection was disabled."""
    ada.come_by(tenant, connection)
    disable(tenant, connection)
    BrowserSession.objects.update(auth_time=timezone.now(), last_seen_at=timezone.now())
    assert is_asked(ada, tenant)
    states.enable(tenant, connection.pk, actor=ACTOR)
    assert is_asked(ada, tenant)


def test_nobody_is_made_of_who_was_on_the_way_in(
    tenant: Tenant, connection: Connection, ada: Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is disabled while Cognito is asked, which takes its time. What is chosen counts from that moment on."""
    exchange = auth.exchange_code

    def meanwhile(*args: Any, **kwargs: Any) -> auth.FederatedTokens:
        disable(tenant, connection)
        return exchange(*args, **kwargs)

    monkeypatch.setattr(auth, "exchange_code", meanwhile)
    ada.get(ada.travel(ada.leave(tenant, connection)))
    assert ada.page.status_code == 403
    assert not DirectoryUser.objects.filter(tenant=tenant, email="ada@acme.example").exists()
    assert not BrowserSession.objects.exists()


def test_how_many_it_concerns(tenant: Tenant, connection: Connection, ada: Traveller, make_user: MakeUser) -> None:
    """People and not sessions, and only those whose session still stands."""
    bob = make_user(tenant, "bob@acme.example")
    Browser(ada.application).hold_session(bob)
    assert signed_in_by(connection) == 0
    ada.come_by(tenant, connection)
    again = Traveller(ada.application)
    again.come_by(tenant, connection)
    assert BrowserSession.objects.filter(connection=connection).count() == 2
    assert signed_in_by(connection) == 1
    assert is_signed_in_by(connection, user_of(tenant, "ada@acme.example").pk)
    assert not is_signed_in_by(connection, bob.pk)
    assert not is_signed_in_by(connection, None)
    SignInPolicy.objects.filter(tenant=tenant).update(session_idle_minutes=0)
    assert signed_in_by(connection) == 0


def test_dashboard_sessions_end_too(
    tenant: Tenant, connection: Connection, ada: Traveller, make_user: MakeUser
) -> None:
    """Of who came by the connection, and of nobody else."""
    ada.come_by(tenant, connection)
    bob = make_user(tenant, "bob@acme.example")
    person = user_of(tenant, "ada@acme.example")

    def inside(user: DirectoryUser) -> Client:
        client = Client()
        client.force_login(Account.objects.for_member(tenant=tenant, subject=user.pk))
        return client

    hers, his = inside(person), inside(bob)
    disable(tenant, connection)
    assert not stands(hers)
    assert stands(his)


def stands(client: Client) -> bool:
    """Say whether a dashboard session is still somebody's: its hash is that of the account (Django's `get_user`)."""
    account = Account.objects.get(pk=client.session["_auth_user_id"])
    return bool(client.session["_auth_user_hash"] == account.get_session_auth_hash())
