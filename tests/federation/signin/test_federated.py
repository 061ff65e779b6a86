"""Signing in by a connection, from the button to the application, with a provider and Cognito's domain in between."""

import re
import uuid
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from federation.models import (
    AuthEvent,
    AuthOutcome,
    AuthWay,
    BrowserSession,
    Connection,
    FederatedIdentity,
    FederatedSignIn,
    SignInOutcome,
)
from federation.provider.mint import person_claims, subject_of
from federation.services import connection_states as states
from federation.services.housekeeping import purge_sign_in_state
from identity.models import DirectoryUser, UserStatus
from tenants.audit_actions import Action
from tenants.models import (
    AuditEvent,
    MfaPolicy,
    SignInPolicy,
    Tenant,
    TenantApplication,
)
from tests.factories.federation import make_family
from tests.federation.arrivals import Traveller, apply, connect, failure, last, other_claims, user_of
from tests.federation.conftest import MakeTenant
from tests.federation.signin.conftest import MAPPING
from tests.support.connections import ACTOR
from tests.support.oidc_idp import OidcIdp

pytestmark = pytest.mark.urls("config.urls.signin")


def test_the_page_offers_each_active_connection(tenant: Tenant, connection: Connection, ada: Traveller) -> None:
    """By its name, as a link that works without scripts; and no other."""
    ada.authorize(organization=tenant.slug)
    assert "Continue with Entra" in ada.text
    assert 'type="password"' in ada.text
    states.disable(tenant, connection.pk, actor=ACTOR)
    ada.authorize(organization=tenant.slug)
    assert "Continue with" not in ada.text


def test_what_cognito_is_asked(tenant: Tenant, connection: Connection, ada: Traveller) -> None:
    """The code flow with PKCE, a nonce and a state of its own, by just this provider."""
    parts = urlsplit(ada.leave(tenant, connection))
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    assert parts.path == "/oauth2/authorize"
    assert (query["response_type"], query["code_challenge_method"]) == ("code", "S256")
    assert query["identity_provider"] == connection.provider_name
    assert query["scope"] == "openid email profile"
    assert query["nonce"] == last(connection).nonce
    assert query["state"] != ada.state
    assert query["redirect_uri"].endswith("/federation/callback")
    kept = FederatedSignIn.objects.values_list("state_hash", "verifier_encrypted").get()
    assert query["state"] not in str(kept)


@pytest.mark.parametrize(
    ("asked", "handed_on"),
    [({}, None), ({"prompt": "login"}, ["login"]), ({"prompt": "select_account"}, ["select_account"])],
)
def test_who_is_to_be_asked_again_is_asked_again(
    tenant: Tenant, connection: Connection, ada: Traveller, asked: dict[str, str], handed_on: list[str] | None
) -> None:
    """A session at the identity provider does not answer what the application wants to be new."""
    query = parse_qs(urlsplit(ada.leave(tenant, connection, login_hint="ada@acme.example", **asked)).query)
    assert query.get("prompt") == handed_on
    assert query["login_hint"] == ["ada@acme.example"]


def test_somebody_new_comes_in(tenant: Tenant, connection: Connection, ada: Traveller) -> None:
    """Into the directory, the application and the log; with an address that nobody has proved."""
    ada.come_by(tenant, connection)
    tokens = ada.exchange(ada.answer()["code"])
    assert tokens.status_code == 200
    user = user_of(tenant)
    assert (user.name, user.role, user.status, user.email_verified) == ("Ada Lovelace", "", UserStatus.ACTIVE, False)
    assert user.username == f"{connection.provider_name}_u-1"
    identity = FederatedIdentity.objects.get(user=user)
    assert (identity.subject, identity.connection) == ("u-1", connection)
    session = BrowserSession.objects.get(user=user)
    assert session.amr == ["fed"]
    assert last(connection).outcome == SignInOutcome.SUCCEEDED
    assert not last(connection).verifier_encrypted
    actions = AuditEvent.objects.filter(tenant=tenant, target_id=str(user.pk)).order_by("sequence")
    assert [event.action for event in actions] == [Action.USER_ARRIVED]
    event = AuthEvent.objects.get(user=user)
    assert (event.way, event.outcome, event.connection) == (AuthWay.CONNECTION, AuthOutcome.SUCCEEDED, connection)


def test_they_come_again_as_the_same(tenant: Tenant, connection: Connection, idp: OidcIdp, ada: Traveller) -> None:
    """Known by the subject, whatever they are called and wherever their mail goes now."""
    ada.come_by(tenant, connection)
    before = user_of(tenant)
    other_claims(idp, email="countess@acme.example", name="Ada King")
    Traveller(ada.application).come_by(tenant, connection)
    user = DirectoryUser.objects.get(pk=before.pk)
    assert (user.email, user.name) == ("countess@acme.example", "Ada King")
    assert DirectoryUser.objects.filter(tenant=tenant).count() == 1


def test_another_person_is_another_user(tenant: Tenant, connection: Connection, idp: OidcIdp, ada: Traveller) -> None:
    """Also with the first one's address, which stays theirs."""
    ada.come_by(tenant, connection)
    other_claims(idp, sub="u-2")
    eve = Traveller(ada.application)
    eve.come_by(tenant, connection)
    assert eve.page.status_code == 403
    assert failure(tenant)["cause"] == "email_taken"
    other_claims(idp, email="eve@acme.example")
    eve.come_by(tenant, connection)
    eve.answer()
    assert user_of(tenant).username != user_of(tenant, "eve@acme.example").username


def test_the_providers_error_is_told_word_by_word_to_administrators(
    tenant: Tenant, connection: Connection, idp: OidcIdp, ada: Traveller
) -> None:
    """The person gets plain words and a way back."""
    idp.does = replace(idp.does, refusal="access_denied")
    ada.come_by(tenant, connection)
    assert ada.page.status_code == 403
    assert "did not let you in" in ada.text
    assert "The person said no" not in ada.text
    assert failure(tenant)["detail"] == "access_denied: The person said no"
    assert last(connection).outcome == SignInOutcome.FAILED
    idp.does = replace(idp.does, refusal="")
    ada.come_by(tenant, connection)
    ada.answer()


@pytest.mark.parametrize("what", ["unknown", "twice", "other browser", "late"])
def test_a_state_is_good_once_in_its_browser(tenant: Tenant, connection: Connection, ada: Traveller, what: str) -> None:
    """And for ten minutes; nothing is learned from the answer."""
    address = ada.travel(ada.leave(tenant, connection))
    browser = ada
    match what:
        case "unknown":
            address = address.replace("state=", "state=x")
        case "twice":
            ada.arrive(address)
            ada.answer()
        case "other browser":
            browser = Traveller(ada.application)
        case _:
            FederatedSignIn.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    browser.arrive(address)
    assert browser.page.status_code == 404
    assert "no longer open" in browser.text
    assert BrowserSession.objects.count() == (1 if what == "twice" else 0)


def test_a_code_of_another_sign_in_is_refused(
    tenant: Tenant, connection: Connection, idp: OidcIdp, ada: Traveller
) -> None:
    """PKCE and the nonce bind the two (RFC 9700 section 2.1.1): nobody is signed in as somebody else."""
    other_claims(idp, sub="u-2", email="eve@acme.example")
    eve = Traveller(ada.application)
    stolen = parse_qs(urlsplit(eve.travel(eve.leave(tenant, connection))).query)["code"][0]
    other_claims(idp, sub="u-1", email="ada@acme.example")
    mine = ada.travel(ada.leave(tenant, connection))
    state = parse_qs(urlsplit(mine).query)["state"][0]
    ada.arrive(f"http://x/federation/callback?code={stolen}&state={state}")
    assert ada.page.status_code == 403
    assert not BrowserSession.objects.exists()
    assert failure(tenant)["cause"] == "expired"


def test_a_disabled_connection_lets_nobody_in_at_once(tenant: Tenant, connection: Connection, ada: Traveller) -> None:
    """Also who is on the way, and before Cognito has followed."""
    address = ada.travel(ada.leave(tenant, connection))
    states.disable(tenant, connection.pk, actor=ACTOR)
    ada.arrive(address)
    assert ada.page.status_code == 403
    assert not BrowserSession.objects.exists()
    ada.authorize(organization=tenant.slug)
    ada.get(f"/{tenant.slug}/sign-in/by/{connection.pk}?{urlsplit(ada.address).query}")
    assert ada.page.status_code == 404


def test_a_connection_that_cognito_does_not_have_yet(tenant: Tenant, idp: OidcIdp, ada: Traveller) -> None:
    """Is offered, and says that it is being set up."""
    made = connect(tenant, idp)
    states.disable(tenant, made.pk, actor=ACTOR)
    apply(tenant)
    states.enable(tenant, made.pk, actor=ACTOR)
    ada.authorize(organization=tenant.slug)
    ada.get(f"/{tenant.slug}/sign-in/by/{made.pk}?{urlsplit(ada.address).query}")
    assert ada.page.status_code == 503
    assert "still being set up" in ada.text


def test_a_neighbours_connection_is_nobody_elses(
    tenant: Tenant, connection: Connection, make_tenant: MakeTenant, ada: Traveller
) -> None:
    """Its id answers like one that does not exist, and its people are not this tenant's."""
    neighbour = make_tenant("initech", beside=tenant)
    TenantApplication.objects.create(tenant=neighbour, application=ada.application)
    ada.authorize(organization="initech")
    assert "Continue with" not in ada.text
    query = urlsplit(ada.address).query
    answers = []
    for each in (connection.pk, uuid.uuid4()):
        ada.get(f"/initech/sign-in/by/{each}?{query}")
        lede = re.search(r'<div class="brand__lede">.*?</div>', ada.text, re.DOTALL)
        answers.append((ada.page.status_code, lede[0] if lede else ""))
    assert answers[0] == answers[1]
    assert answers[0][0] == 404


def test_the_same_person_at_two_tenants_is_two_users(
    tenant: Tenant, connection: Connection, make_tenant: MakeTenant, idp: OidcIdp, ada: Traveller
) -> None:
    """Of one pool and by one provider; neither knows of the other."""
    neighbour = make_tenant("initech", beside=tenant)
    TenantApplication.objects.create(tenant=neighbour, application=ada.application)
    theirs = connect(neighbour, idp, mapping=MAPPING)
    ada.come_by(tenant, connection)
    Traveller(ada.application).come_by(neighbour, theirs)
    assert user_of(tenant).cognito_username == f"{tenant.key}-entra_u-1"
    assert user_of(neighbour).cognito_username == f"{neighbour.key}-entra_u-1"


def test_a_second_factor_is_the_providers_to_ask_for(tenant: Tenant, connection: Connection, ada: Traveller) -> None:
    """A tenant that requires one is not asked twice for the same person."""
    SignInPolicy.objects.filter(tenant=tenant).update(mfa=MfaPolicy.REQUIRED)
    ada.come_by(tenant, connection)
    ada.answer()
    ada.authorize(organization=tenant.slug, nonce="another")
    assert "code" in ada.answer()


def test_the_applications_token_says_what_nobody_proved(tenant: Tenant, connection: Connection, ada: Traveller) -> None:
    """An address that only the identity provider vouches for is not verified."""
    ada.come_by(tenant, connection)
    claims = person_claims(subject_of(make_family(user_of(tenant), ada.application), "openid email"))
    assert (claims["email"], claims["email_verified"]) == ("ada@acme.example", False)


def test_who_never_came_back_is_told_so(tenant: Tenant, connection: Connection, ada: Traveller) -> None:
    """In the connection's log, which outlives the application's request."""
    ada.leave(tenant, connection)
    FederatedSignIn.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    purge_sign_in_state()
    assert last(connection).outcome == SignInOutcome.ABANDONED
    FederatedSignIn.objects.update(started_at=timezone.now() - timedelta(days=91))
    purge_sign_in_state()
    assert not FederatedSignIn.objects.exists()
