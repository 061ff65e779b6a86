"""What an identity provider publishes, on the pages: told, looked at, and taken over by who may."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from federation.models import Connection, MetadataWatch
from federation.services.connections import save_settings
from tests.factories import Cast, TenantCast
from tests.support.certificates import base64_of, certificate
from tests.support.connections import ACTOR, saml_connection, saml_settings
from tests.support.published import METADATA, by_issuer, by_url, look, publish, publish_openid, signing
from tests.support.web_servers import Server, http


def browser_of(cast: TenantCast, person: str) -> Client:
    client = Client()
    client.force_login(cast.account_of(getattr(cast, person)))
    return client


@pytest.fixture
def admin(cast: Cast) -> Client:
    """The browser of acme's admin."""
    return browser_of(cast.acme, "admin")


@pytest.fixture
def okta(cast: Cast, server: Server) -> Connection:
    """Acme's connection, at whose identity provider something else is published by now."""
    publish(server, signing("old"))
    made = by_url(cast.acme.tenant, server)
    publish(server, signing("new"))
    look(made)
    return made


def url(name: str, connection: Connection) -> str:
    return reverse(f"tenant:connection{name}", args=["acme", connection.pk])


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


LIST = "/t/acme/connections/"


def test_an_admin_is_told_looks_and_takes_it_over(admin: Client, okta: Connection) -> None:
    assert "New metadata published" in page(admin, LIST)
    detail = page(admin, url("", okta))
    assert "There is a new signing certificate, “CN=new”" in detail
    assert url("-published", okta) in detail
    shown = page(admin, url("-published", okta))
    assert "CN=new" in shown
    assert "is not published any more" in shown
    seen = re.findall('name="seen" value="([0-9a-f]{64})"', shown)
    answer = admin.post(url("-published-take", okta), {"seen": seen}, follow=True)
    assert answer.redirect_chain == [(url("-values", okta), 302)]
    assert "CN=new" in answer.content.decode()
    okta.refresh_from_db()
    assert okta.current.number == 3
    assert "New metadata published" not in page(admin, LIST)
    assert "The same as in use" in page(admin, url("", okta))
    # The address of what is not there any more leads to the connection.
    assert admin.get(url("-published", okta)).headers["Location"] == url("", okta)


@pytest.mark.parametrize("seen", ["", "0" * 64])
def test_what_was_not_looked_at_is_not_taken_over(admin: Client, okta: Connection, seen: str) -> None:
    answer = admin.post(url("-published-take", okta), {"seen": seen}, follow=True)
    assert "This is not what is published now" in answer.content.decode()
    okta.refresh_from_db()
    assert okta.current.number == 2


def test_an_auditor_looks_and_does_not_take(cast: Cast, okta: Connection) -> None:
    auditor = browser_of(cast.acme, "auditor")
    assert "Take it over</button>" not in page(auditor, url("-published", okta))
    row = MetadataWatch.objects.get(connection=okta)
    assert auditor.post(url("-published-take", okta), {"seen": row.noted}).status_code == 403


def test_a_neighbour_finds_nothing(cast: Cast, okta: Connection) -> None:
    other = browser_of(cast.globex, "owner")
    address = reverse("tenant:connection-published", args=["globex", okta.pk])
    assert other.get(address).status_code == 404
    assert other.post(reverse("tenant:connection-published-take", args=["globex", okta.pk])).status_code == 404


def test_why_it_cannot_be_read_is_told(admin: Client, okta: Connection, server: Server) -> None:
    server.answers[METADATA] = http("404 Not Found")
    look(okta)
    shown = page(admin, url("", okta))
    assert "“127.0.0.1” answered with the status 404 instead of the file." in shown
    assert "Sign-in goes on by what is saved here." in shown


def test_a_moved_openid_provider_needs_its_secret_again(cast: Cast, admin: Client, server: Server) -> None:
    entra = by_issuer(cast.acme.tenant, server)
    publish_openid(server, token_endpoint=f"http://127.0.0.1:{server.port}/token/v2")
    look(entra)
    assert "New addresses published" in page(admin, LIST)
    shown = page(admin, url("", entra))
    assert "enter the client secret again" in shown
    assert url("-values", entra) in shown


@pytest.mark.parametrize(
    ("days", "words"), [(3, "Certificate expires in 2 days"), (1, "Certificate expires within a day"), (40, "")]
)
def test_a_certificate_that_ends_soon_is_told(cast: Cast, admin: Client, server: Server, days: int, words: str) -> None:
    publish(server, signing("ending", days=days))
    by_url(cast.acme.tenant, server)
    shown = page(admin, LIST)
    assert words in shown
    assert ("Certificate expires" in shown) == bool(words)


def test_one_that_ended_is_told(cast: Cast, admin: Client) -> None:
    made = saml_connection(cast.acme.tenant)
    now = timezone.now()
    ended = certificate("ended", not_before=now - timedelta(days=9), not_after=now - timedelta(minutes=1))
    settings = replace(saml_settings(), certificates=(base64_of(ended),))
    save_settings(cast.acme.tenant, made.pk, settings, change="Ended", actor=ACTOR)
    assert "Certificate expired" in page(admin, LIST)
