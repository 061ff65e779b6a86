"""Bookmarks, such as tiles in an identity provider's portal: they begin a sign-in at an application."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings

from federation.dashboard_login.application import ensure_dashboard_application
from federation.models import AuthorizationRequest, Connection, FederatedSignIn
from federation.services.connection_states import disable
from identity.models import DirectoryUser
from tenants.models import Application, TenantApplication
from tests.federation.arrivals import Traveller
from tests.federation.conftest import MakeTenant, MakeUser
from tests.support.connections import ACTOR

pytestmark = pytest.mark.urls("config.urls.signin")

BEGINS_AT = "https://app.example/login?from=outside"


@pytest.fixture(autouse=True)
def begins(application: Application) -> None:
    """The application begins sign-ins when it is told to from outside."""
    application.initiate_login_uri = BEGINS_AT
    application.save(update_fields=["initiate_login_uri"])


def address(connection: Connection, application: Application | None = None) -> str:
    """The bookmark's address on our host."""
    path = f"/{connection.tenant.slug}/start/{connection.pk}"
    return f"{path}/{application.client_id}" if application else path


def go_on(ada: Traveller) -> str:
    """Press the button of the page that asks first; returns where it leads."""
    assert "You will be signed in as a member of Globex" in ada.text
    link = ada.text.split('class="btn btn--primary btn--block" href="', 1)[1].split('"', 1)[0]
    ada.get(link)
    assert ada.page.status_code == 302, ada.text
    return ada.page["Location"]


def test_a_bookmark_begins_at_the_application_and_goes_on_by_its_connection(
    connection: Connection, application: Application, ada: Traveller
) -> None:
    """Nobody is asked for an organisation, an address or a way in, though the application names none of them."""
    ada.get(address(connection, application))
    begins_at = go_on(ada)
    parts = urlsplit(begins_at)
    assert begins_at.startswith(f"{BEGINS_AT}&")
    told = {name: values[0] for name, values in parse_qs(parts.query).items()}
    assert told == {"from": "outside", "iss": settings.SIGNIN_URL, "organization": "globex"}
    ada.authorize()
    assert urlsplit(ada.page["Location"]).path.endswith("/oauth2/authorize")
    ada.arrive(ada.travel(ada.page["Location"]))
    assert ada.exchange(ada.answer()["code"]).status_code == 200
    # It was good for one sign-in.
    ada.client.cookies[f"lifeguard_sso_{connection.tenant.key}"] = ""
    ada.authorize(nonce="another")
    assert ada.address.startswith("/sign-in?")


def test_whoever_was_signed_in_here_is_not_asked_first(
    connection: Connection, application: Application, ada: Traveller
) -> None:
    ada.come_by(connection.tenant, connection)
    ada.get(address(connection, application))
    assert ada.page["Location"].startswith(BEGINS_AT)
    # The session answers; it need not be the connection again.
    ada.authorize(nonce="another")
    assert ada.answer()["code"]
    assert FederatedSignIn.objects.count() == 1


def test_what_another_browser_was_shown_does_not_count(
    connection: Connection, application: Application, ada: Traveller
) -> None:
    """Otherwise anybody could sign somebody in to an account of their own."""
    ada.get(address(connection, application))
    link = ada.text.split('class="btn btn--primary btn--block" href="', 1)[1].split('"', 1)[0]
    victim = Traveller(application)
    victim.get(link)
    assert "You will be signed in as a member of Globex" in victim.text
    victim.get(link)
    assert victim.page.status_code == 200
    victim.get(f"{address(connection, application)}?go=é")
    assert victim.page.status_code == 200


def test_without_an_application_it_leads_to_the_dashboard(connection: Connection, ada: Traveller) -> None:
    dashboard = ensure_dashboard_application()
    ada.get(address(connection))
    assert dashboard.name in ada.text
    assert go_on(ada) == f"{settings.DASHBOARD_URL}/sign-in/globex/"


def test_it_counts_for_its_own_application_and_tenant_alone(
    connection: Connection, application: Application, ada: Traveller, make_tenant: MakeTenant, make_user: MakeUser
) -> None:
    other = make_tenant("initech")
    TenantApplication.objects.create(tenant=other, application=application)
    somebody: DirectoryUser = make_user(other, "ann@initech.example")
    ada.get(address(connection, application))
    go_on(ada)
    ada.authorize(organization="initech")
    assert ada.address.startswith("/initech/sign-in?")
    assert AuthorizationRequest.objects.get().tenant_id == somebody.tenant_id
    ensure_dashboard_application()
    ada.get(address(connection))
    go_on(ada)
    ada.authorize(nonce="another")
    assert ada.address.startswith("/sign-in?")


def test_a_silent_request_is_answered_silently_and_uses_nothing_up(
    connection: Connection, application: Application, ada: Traveller
) -> None:
    ada.get(address(connection, application))
    go_on(ada)
    ada.authorize(prompt="none")
    assert ada.answer()["error"] == "login_required"
    ada.authorize(nonce="another")
    assert urlsplit(ada.page["Location"]).path.endswith("/oauth2/authorize")


def test_what_leads_nowhere_is_one_answer(
    connection: Connection, application: Application, ada: Traveller, make_tenant: MakeTenant
) -> None:
    """A foreign connection, an unknown application, one without an address, a connection that is disabled."""
    make_tenant("initech")
    application_address = address(connection, application)
    nowhere = [
        application_address.replace("globex", "initech"),
        application_address.replace("globex", "nobody"),
        application_address.replace(application.client_id, "app_unknown"),
    ]
    for wrong in nowhere:
        ada.get(wrong)
        assert ada.page.status_code == 404
        assert "not offered any more" in ada.text
    application.initiate_login_uri = ""
    application.save(update_fields=["initiate_login_uri"])
    ada.get(application_address)
    assert ada.page.status_code == 404
    disable(connection.tenant, connection.pk, actor=ACTOR)
    ada.get(address(connection))
    assert ada.page.status_code == 404


def test_who_has_to_choose_an_account_does_so_at_the_identity_provider(
    connection: Connection, application: Application, ada: Traveller
) -> None:
    """It is asked the same; a session here would leave the bookmark's own way."""
    ada.come_by(connection.tenant, connection)
    ada.get(address(connection, application))
    ada.authorize(nonce="another", prompt="select_account")
    told = parse_qs(urlsplit(ada.page["Location"]).query)
    assert told["prompt"] == ["select_account"]
