"""The pages before a connection goes out of use: they say whom it signs out."""

import pytest
from django.test import Client
from django.utils import timezone

from federation.models import BrowserSession, Connection, ConnectionStatus
from identity.models import DirectoryUser, UserStatus
from tests.factories import Cast, DirectoryUserFactory, TenantCast
from tests.federation.web.wizard.pages import browser_of, text, url
from tests.support.connections import activated, oidc_connection


@pytest.fixture
def acme(cast: Cast) -> TenantCast:
    """The cast's tenant with a dedicated pool, of which Cognito knows nothing."""
    return cast.acme


@pytest.fixture
def connection(acme: TenantCast) -> Connection:
    """An active connection."""
    return activated(oidc_connection(acme.tenant))


def came_by(connection: Connection, user: DirectoryUser, token: str) -> None:
    """Give somebody a session that began by the connection."""
    now = timezone.now()
    BrowserSession.objects.create(
        tenant_id=connection.tenant_id,
        user=user,
        token_hash=token,
        amr=["fed"],
        acr="",
        auth_time=now,
        last_seen_at=now,
        connection=connection,
    )


@pytest.mark.parametrize("page", ["disable", "delete"])
def test_nobody_is_signed_in_by_it(acme: TenantCast, connection: Connection, page: str) -> None:
    """Then there is nothing to say."""
    assert "signed in by it" not in text(browser_of(acme, "owner").get(url(page, connection)))


@pytest.mark.parametrize("page", ["disable", "delete"])
def test_who_is_signed_in_by_it_is_counted(acme: TenantCast, connection: Connection, page: str) -> None:
    """And whoever is one of them is told."""
    owner = browser_of(acme, "owner")
    came_by(connection, DirectoryUserFactory.create(tenant=acme.tenant, status=UserStatus.ACTIVE), "one")
    shown = text(owner.get(url(page, connection)))
    assert "One person is signed in by it" in shown
    assert "You are one of them" not in shown
    came_by(connection, acme.owner, "two")
    shown = text(owner.get(url(page, connection)))
    assert "2 people are signed in by it" in shown
    assert "You are one of them" in shown


def test_disabling_takes_a_press_more(acme: TenantCast, connection: Connection) -> None:
    """The button of the connection's page leads to the question, which changes nothing."""
    owner = browser_of(acme, "owner")
    assert url("disable", connection) in text(owner.get(url("", connection)))
    text(owner.get(url("disable", connection)))
    assert Connection.objects.get(pk=connection.pk).status == ConnectionStatus.ACTIVE
    assert owner.post(url("disable", connection))["Location"] == url("", connection)
    assert Connection.objects.get(pk=connection.pk).status == ConnectionStatus.DISABLED


def test_an_auditor_is_not_asked(acme: TenantCast, connection: Connection) -> None:
    """They may look at the connection, and not at what takes it out of use."""
    auditor: Client = browser_of(acme, "auditor")
    assert auditor.get(url("disable", connection)).status_code == 403
