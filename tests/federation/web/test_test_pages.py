"""The page of a test: begun and followed in the dashboard, and closed to everybody else."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from federation.connections.test_report import Report, Request
from federation.models import Connection, ConnectionTest, ConnectionTestState
from federation.services.connection_tests import close_failed, close_passed
from tenants.models import OutboxEntry, SyncKind
from tests.factories import Cast, TenantCast
from tests.federation.web.wizard.pages import browser_of, in_cognito, text, url
from tests.support.connections import ACTOR, oidc_connection, saml_connection


@pytest.fixture
def acme(cast: Cast) -> TenantCast:
    """The cast's tenant with a dedicated pool, which Cognito has."""
    in_cognito(cast.acme.tenant)
    return cast.acme


@pytest.fixture
def owner_page(acme: TenantCast) -> Client:
    """The browser of acme's owner."""
    return browser_of(acme, "owner")


@pytest.fixture
def connection(acme: TenantCast) -> Connection:
    """A complete draft, by Okta's guide."""
    made = saml_connection(acme.tenant)
    made.tenant = acme.tenant
    return made


@pytest.fixture
def begin(owner_page: Client, connection: Connection) -> Callable[[], ConnectionTest]:
    """Begin a test as the owner does."""

    def begin() -> ConnectionTest:
        answer = owner_page.post(url("test-start", connection))
        test = ConnectionTest.objects.select_related("connection", "tenant").latest("started_at")
        assert answer.headers["Location"] == url("test-run", connection, test_id=test.pk)
        return test

    return begin


def part(client: Client, test: ConnectionTest) -> str:
    """What htmx gets of the page."""
    return text(client.get(url("test-run", test.connection, test_id=test.pk), headers={"HX-Request": "true"}))


def become(test: ConnectionTest, state: ConnectionTestState) -> None:
    ConnectionTest.objects.filter(pk=test.pk).update(state=state)


def test_it_is_followed_until_it_can_be_opened(
    owner_page: Client, connection: Connection, begin: Callable[[], ConnectionTest]
) -> None:
    """The page asks again by itself, or by a link; and opening leads to the sign-in host with a ticket."""
    assert "Begin the test" in text(owner_page.get(url("test", connection)))
    test = begin()
    assert OutboxEntry.objects.filter(kind=SyncKind.CONNECTION_TEST, key=test.pk).exists()
    page = text(owner_page.get(url("test", connection)))
    assert "Being prepared" in page
    assert "Look again" in page
    assert f'hx-get="{url("test-run", connection, test_id=test.pk)}"' in page
    assert "Open the test sign-in" not in page
    become(test, ConnectionTestState.READY)
    ready = part(owner_page, test)
    assert "<html" not in ready
    found = re.search(r'id="open-test" href="([^"]+)" target="_blank"', ready)
    assert found is not None
    there = urlsplit(owner_page.get(found[1]).headers["Location"])
    assert f"{there.scheme}://{there.netloc}" == settings.SIGNIN_URL
    assert there.path == f"/federation/test/{test.pk}"
    assert ConnectionTest.objects.get(pk=test.pk).ticket_hash
    become(test, ConnectionTestState.FAILED)
    over = owner_page.get(url("test-run", connection, test_id=test.pk), headers={"HX-Request": "true"})
    assert over.headers["HX-Refresh"] == "true"


def test_another_session_cannot_open_it(
    acme: TenantCast, connection: Connection, begin: Callable[[], ConnectionTest]
) -> None:
    """Not even the same person's, nor an admin's; an auditor sees it and can do nothing."""
    test = begin()
    become(test, ConnectionTestState.READY)
    for person in ("owner", "admin"):
        other = browser_of(acme, person)
        assert "another browser session" in part(other, test)
        assert other.get(url("test-open", connection, test_id=test.pk)).status_code == 409
    auditor = browser_of(acme, "auditor")
    assert "Cancel the test" not in part(auditor, test)
    assert auditor.get(url("test-open", connection, test_id=test.pk)).status_code == 403
    assert auditor.post(url("test-cancel", connection, test_id=test.pk)).status_code == 403


def test_a_neighbour_finds_nothing(cast: Cast, connection: Connection, begin: Callable[[], ConnectionTest]) -> None:
    """By no address, with their own slug or with ours, and through a connection of their own."""
    test, theirs = begin(), saml_connection(cast.globex.tenant)
    become(test, ConnectionTestState.READY)
    client = browser_of(cast.globex, "owner")
    for name, method in (("test-run", client.get), ("test-open", client.get), ("test-cancel", client.post)):
        for each in (connection, theirs):
            assert method(url(name, each, "globex", test_id=test.pk)).status_code == 404, name
        assert method(url(name, connection, test_id=test.pk)).status_code == 404
        assert method(url(name, theirs, "globex", test_id=uuid.uuid4())).status_code == 404
    assert client.post(url("test-start", connection, "globex")).status_code == 404
    assert ConnectionTest.objects.get(pk=test.pk).state == ConnectionTestState.READY


def test_a_failure_is_explained(
    owner_page: Client, connection: Connection, begin: Callable[[], ConnectionTest]
) -> None:
    """Word by word, and by the guide where it knows the text."""
    test = begin()
    said = "invalid_request: Audience restriction in SAML assertion does not allow it for urn:amazon:cognito:sp:x<b>"
    close_failed(test, code="refused", detail=said, visitor=ACTOR)
    page = text(owner_page.get(url("test", connection)))
    assert "urn:amazon:cognito:sp:x&lt;b&gt;" in page
    assert "What is behind it" in page
    assert "Test again" in page
    refused = text(owner_page.post(url("test-start", connection)), 409)
    assert "still being cleaned up" in refused
    assert "Failed" in text(owner_page.get(url("", connection)))


def test_an_abandoned_test_tells_the_usual_causes(
    owner_page: Client, connection: Connection, begin: Callable[[], ConnectionTest]
) -> None:
    """As soon as its time is over, also before the worker has noticed."""
    test = begin()
    become(test, ConnectionTestState.WAITING)
    ConnectionTest.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    page = text(owner_page.get(url("test", connection)))
    assert "abandoned at the identity provider or at Cognito" in page
    assert "Usual causes" in page
    assert "hx-get" not in page.partition('id="test-run"')[2].partition("wizard-foot")[0]


def test_a_passed_test(owner_page: Client, connection: Connection, begin: Callable[[], ConnectionTest]) -> None:
    """Shows who would come in, what came, and what was sent; then the connection is activated without a reason."""
    test = begin()
    sent = Request("https://idp.example/sso", {"RelayState": "…"}, "<AuthnRequest/>")
    ConnectionTest.objects.filter(pk=test.pk).update(sent={"theirs": sent.to_json()})
    report = Report(
        attributes={"email": "ada@acme.example", "custom:lifeguard_groups": "[IT, Staff]"},
        status="new",
        email="ada@acme.example",
        name="Ada",
        role="auditor",
        groups=("Engineers",),
        claimed_groups=("IT", "Staff"),
        token={"email": "ada@acme.example", "roles": ["auditor"]},
        applications={"Harbor": ["editor", "closer"], "Ledger": []},
    )
    close_passed(test, report.to_json(), visitor=ACTOR)
    page = text(owner_page.get(url("test", connection)))
    for words in ("The sign-in works", "A new user", "Ada", "Engineers", "IT, Staff", "Auditor", "AuthnRequest"):
        assert words in page, words
    assert "editor, closer" in page
    assert "No role" in page
    assert "&quot;roles&quot;" in page
    review = text(owner_page.get(url("review", connection)))
    assert "Activate without a test" not in review
    answer = owner_page.post(url("activate", connection))
    assert answer.headers["Location"] == url("", connection)
    assert "Passed" in text(owner_page.get(url("", connection)))


def test_a_test_of_an_older_version_says_so(
    owner_page: Client, connection: Connection, begin: Callable[[], ConnectionTest]
) -> None:
    """It proves nothing of what was changed since."""
    close_passed(begin(), Report(status="refused", reason="not_invited").to_json(), visitor=ACTOR)
    page = text(owner_page.get(url("test", connection)))
    assert "this person would not be let in" in page
    assert "Invite them, or change whom the connection lets in" in page
    assert "was changed since" not in page
    ConnectionTest.objects.update(version=1)
    assert "was changed since" in text(owner_page.get(url("test", connection)))


def test_canceling(owner_page: Client, connection: Connection, begin: Callable[[], ConnectionTest]) -> None:
    """Ends it, once."""
    test = begin()
    cancel = url("test-cancel", connection, test_id=test.pk)
    assert owner_page.post(cancel).status_code == 302
    assert owner_page.post(cancel).status_code == 302
    assert "The test was canceled" in text(owner_page.get(url("test", connection)))
    assert ConnectionTest.objects.get(pk=test.pk).state == ConnectionTestState.ABANDONED


def test_one_at_a_time(
    acme: TenantCast, owner_page: Client, begin: Callable[[], ConnectionTest], connection: Connection
) -> None:
    """Another connection's test waits for its turn."""
    begin()
    other = oidc_connection(acme.tenant)
    assert "under way already" in text(owner_page.post(url("test-start", other)), 409)
