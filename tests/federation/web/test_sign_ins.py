"""The log of a connection as an administrator reads it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from federation.models import Connection, FederatedSignIn, SignInOutcome
from federation.selectors.sign_in_log import Health, health_of
from tests.factories import Cast, TenantCast
from tests.support.connections import activated, saml_connection

SECRET_WORDS = "Invalid SAML response received: the audience is urn:x"


@pytest.fixture
def acme(cast: Cast) -> TenantCast:
    """The cast's tenant with a dedicated pool."""
    return cast.acme


@pytest.fixture
def connection(acme: TenantCast) -> Connection:
    """An active connection of acme's."""
    return activated(saml_connection(acme.tenant))


@pytest.fixture
def client(acme: TenantCast) -> Client:
    """The browser of acme's auditor, who may only look."""
    client = Client()
    client.force_login(acme.account_of(acme.auditor))
    return client


def line(connection: Connection, outcome: str, *, days: int = 0, **values: object) -> FederatedSignIn:
    """A line of the log, so many days old."""
    now = timezone.now() - timedelta(days=days)
    made = FederatedSignIn.objects.create(
        tenant_id=connection.tenant_id,
        connection=connection,
        version=2,
        state_hash=f"{FederatedSignIn.objects.count():064}",
        nonce="n",
        expires_at=now + timedelta(minutes=10),
        finished_at=now,
        outcome=outcome,
        **values,
    )
    FederatedSignIn.objects.filter(pk=made.pk).update(started_at=now)
    return made


def address(tenant_slug: str, connection: Connection) -> str:
    """Where the log is."""
    return f"/t/{tenant_slug}/connections/{connection.pk}/sign-ins/"


def test_a_failure_has_its_cause_and_the_next_step(acme: TenantCast, connection: Connection, client: Client) -> None:
    """And what was said, word by word, as text."""
    line(connection, SignInOutcome.FAILED, code="not_accepted", detail=f"<b>{SECRET_WORDS}</b>")
    line(connection, SignInOutcome.REFUSED, code="email_taken", user=acme.outsider)
    line(connection, SignInOutcome.ABANDONED)
    line(connection, SignInOutcome.SUCCEEDED, user=acme.admin)
    page = client.get(address(acme.tenant.slug, connection)).content.decode()
    assert f"&lt;b&gt;{SECRET_WORDS}&lt;/b&gt;" in page
    assert "signs in otherwise" in page
    assert "within ten minutes" in page
    assert acme.outsider.email in page
    assert acme.admin.email in page


def test_a_guide_explains_its_own_products_mistakes(acme: TenantCast, connection: Connection, client: Client) -> None:
    """Before our general words."""
    Connection.objects.filter(pk=connection.pk).update(guide="entra-saml")
    line(connection, SignInOutcome.FAILED, code="not_assigned", detail="AADSTS50105: not assigned to a role")
    assert "AADSTS50105" in client.get(address(acme.tenant.slug, connection)).content.decode()


def test_the_log_is_filtered_by_outcome(acme: TenantCast, connection: Connection, client: Client) -> None:
    """In the address; what is not offered filters nothing."""
    line(connection, SignInOutcome.FAILED, code="canceled", detail="access_denied")
    line(connection, SignInOutcome.SUCCEEDED, user=acme.admin)
    here = address(acme.tenant.slug, connection)
    assert acme.admin.email not in client.get(here, {"outcome": "failed"}).content.decode()
    assert "access_denied" not in client.get(here, {"outcome": "succeeded"}).content.decode()
    assert "access_denied" in client.get(here, {"outcome": "no such"}).content.decode()
    assert "No sign-in ended so" in client.get(here, {"outcome": "abandoned"}).content.decode()


def test_who_is_late_is_shown_as_gone(acme: TenantCast, connection: Connection, client: Client) -> None:
    """Before the housekeeping has written it down; who may still come back is under way."""
    line(connection, SignInOutcome.STARTED, days=1)
    here = address(acme.tenant.slug, connection)
    assert "within ten minutes" in client.get(here, {"outcome": "abandoned"}).content.decode()
    assert "No sign-in ended so" in client.get(here, {"outcome": "started"}).content.decode()
    line(connection, SignInOutcome.STARTED)
    assert "No sign-in ended so" not in client.get(here, {"outcome": "started"}).content.decode()


def test_health_looks_a_week_back(acme: TenantCast, globex: TenantCast, connection: Connection) -> None:
    """Whom we refused, and who never came back, says nothing of the identity provider."""
    last = line(connection, SignInOutcome.SUCCEEDED)
    for _ in range(2):
        line(connection, SignInOutcome.FAILED)
    line(connection, SignInOutcome.REFUSED)
    line(connection, SignInOutcome.ABANDONED)
    line(connection, SignInOutcome.FAILED, days=8)
    line(activated(saml_connection(globex.tenant)), SignInOutcome.FAILED)
    found = health_of([connection])[connection.pk]
    assert found == Health(last.finished_at, finished=3, failed=2)
    assert found.failure_percent == 67


def test_health_is_on_the_list_and_on_the_page(acme: TenantCast, connection: Connection, client: Client) -> None:
    """With the way to the log."""
    line(connection, SignInOutcome.FAILED)
    line(connection, SignInOutcome.SUCCEEDED)
    assert "1 of 2 (50 %)" in client.get(f"/t/{acme.tenant.slug}/connections/").content.decode()
    page = client.get(f"/t/{acme.tenant.slug}/connections/{connection.pk}/").content.decode()
    assert "1 of 2 (50 %)" in page
    assert address(acme.tenant.slug, connection) in page


def test_nobody_elses_log_is_read(acme: TenantCast, globex: TenantCast, client: Client) -> None:
    """By its id within one's own tenant."""
    theirs = activated(saml_connection(globex.tenant))
    line(theirs, SignInOutcome.FAILED, detail=SECRET_WORDS)
    answer = client.get(address(acme.tenant.slug, theirs))
    assert answer.status_code == 404
    assert SECRET_WORDS not in answer.content.decode()
