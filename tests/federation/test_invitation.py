"""Accepting an invitation on the sign-in host."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from identity.models import AppClient, DirectoryUser, UserStatus
from identity.services.invitations import invite_user, resend_invitation
from identity.sync import engine
from tenants.actor import system
from tenants.models import Application, AuditEvent, Invitation, SyncKind, Tenant
from tests.factories import TenantFactory
from tests.federation.browser import Browser
from tests.support.cognito import LocalCognito
from tests.support.mail import Mailbox, body_text

pytestmark = pytest.mark.urls("config.urls.signin")

PASSWORD = "Another-correct-horse-8"
INVITER = system("test")


def invite(tenant: Tenant, email: str, mailbox: Mailbox, role: str = "") -> tuple[DirectoryUser, str]:
    """Invite somebody as the product does, and return the path of the link that they were mailed."""
    user = invite_user(tenant, email=email, name="Ivan", role=role, actor=INVITER)
    return user, send(user, mailbox)


def send(user: DirectoryUser, mailbox: Mailbox, count: int = 1) -> str:
    invitation = Invitation.objects.filter(user_id=user.pk, revoked_at__isnull=True).latest("created_at")
    engine.run(SyncKind.INVITATION, invitation.pk)
    text = body_text(mailbox.wait_for(user.email, count=count))
    link = next(word for word in text.split() if word.startswith(f"{settings.SIGNIN_URL}/"))
    return link.removeprefix(settings.SIGNIN_URL)


def accept(browser: Browser, link: str, password: str = PASSWORD) -> None:
    browser.get(link)
    browser.submit(password=password, repeated=password)


def test_an_invited_user_sets_a_password_and_signs_in(browser: Browser, acme: Tenant, mailbox: Mailbox) -> None:
    user, link = invite(acme, "ivan-1@acme.example", mailbox)
    browser.get(link)
    assert "ivan-1@acme.example" in browser.text
    accept(browser, link)
    assert browser.page.status_code == 200
    assert "all set" in browser.text
    user.refresh_from_db()
    assert user.status == UserStatus.ACTIVE
    assert user.cognito_sub
    event = AuditEvent.objects.get(action="user.invitation_accepted", target_id=str(user.pk))
    assert (event.actor_kind, event.actor_label) == ("member", user.email)
    browser.sign_in("ivan-1@acme.example", PASSWORD, organization="acme")
    browser.submit(later="yes")
    assert "code" in browser.answer()


def test_with_a_role_the_way_leads_to_the_dashboard(browser: Browser, acme: Tenant, mailbox: Mailbox) -> None:
    user = invite_user(acme, email="olga-1@acme.example", name="", role="", actor=INVITER)
    DirectoryUser.objects.filter(pk=user.pk).update(role="owner")
    accept(browser, send(user, mailbox))
    expected = f"{settings.DASHBOARD_URL}/sign-in/acme/?login_hint=olga-1%40acme.example"
    assert (browser.page.status_code, browser.page["Location"]) == (302, expected)


def test_a_link_works_once(browser: Browser, acme: Tenant, mailbox: Mailbox) -> None:
    _user, link = invite(acme, "ivan-2@acme.example", mailbox)
    accept(browser, link)
    stranger = Browser(browser.application)
    page = stranger.get(link)
    assert page.status_code == 410
    assert "used already" in stranger.text
    assert "ivan-2" not in stranger.text


def test_links_that_do_not_work(browser: Browser, acme: Tenant, mailbox: Mailbox, make_tenant: object) -> None:
    user, link = invite(acme, "ivan-3@acme.example", mailbox)
    assert browser.get(link[:-1] + ("a" if link[-1] != "a" else "b")).status_code == 404
    assert browser.get(link.replace("/acme/", "/nobody/")).status_code == 404
    TenantFactory.create(slug="globex", pool=acme.pool)
    assert browser.get(link.replace("/acme/", "/globex/")).status_code == 404
    resend_invitation(acme, user.pk, actor=INVITER)
    newest = send(user, mailbox, count=2)
    assert browser.get(link).status_code == 404
    assert "ivan-3" not in browser.text
    Invitation.objects.filter(user_id=user.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert browser.get(newest).status_code == 410
    assert "expired" in browser.text
    user.refresh_from_db()
    assert (user.status, user.cognito_sub) == (UserStatus.INVITED, "")
    # Whoever has the mail with the old link may have another one sent there.
    browser.submit()
    assert "a new one is on its way" in browser.text
    assert browser.get(send(user, mailbox, count=3)).status_code == 200


def test_a_disabled_user_cannot_accept(browser: Browser, acme: Tenant, mailbox: Mailbox) -> None:
    user, link = invite(acme, "ivan-4@acme.example", mailbox)
    DirectoryUser.objects.filter(pk=user.pk).update(status=UserStatus.DISABLED)
    assert browser.get(link).status_code == 404


def test_a_password_that_is_refused_leaves_the_link_open(
    browser: Browser, acme: Tenant, mailbox: Mailbox, cognito: LocalCognito
) -> None:
    user, link = invite(acme, "ivan-5@acme.example", mailbox)
    for bad, words in (("short", "12 characters"), (f" {PASSWORD} ", "without spaces")):
        accept(browser, link, bad)
        assert browser.page.status_code == 422
        assert words in browser.text
    cognito.fault("AdminSetUserPassword", "error_500")
    accept(browser, link)
    assert browser.page.status_code == 503
    accept(browser, link)
    user.refresh_from_db()
    assert user.status == UserStatus.ACTIVE


def test_accepted_many_times_at_once_works_once(
    browser: Browser, acme: Tenant, mailbox: Mailbox, cognito: LocalCognito
) -> None:
    user, link = invite(acme, "ivan-6@acme.example", mailbox)
    browser.get(link)
    passwords = [f"{PASSWORD}-{number}" for number in range(4)]
    hidden = browser.hidden()

    def send_form(password: str) -> int:
        try:
            client = Client()
            client.cookies = browser.client.cookies
            return int(client.post(link, {**hidden, "password": password, "repeated": password}).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        statuses = sorted(pool.map(send_form, passwords))
    assert statuses.count(200) == 1
    assert set(statuses) <= {200, 404, 409, 410}
    assert cognito.applied("AdminSetUserPassword") == 1
    assert AuditEvent.objects.filter(action="user.invitation_accepted", target_id=str(user.pk)).count() == 1


def test_while_the_pool_is_not_there_the_page_waits(application: Application, mailbox: Mailbox, db: None) -> None:
    tenant = TenantFactory.create(slug="slow")
    _user, link = invite(tenant, "ivan-7@slow.example", mailbox)
    browser = Browser(application)
    page = browser.get(link)
    assert page.status_code == 200
    assert "Almost ready" in browser.text
    assert 'http-equiv="refresh"' in browser.text
    assert f'hx-get="{link}"' in browser.text
    assert AppClient.objects.count() == 0


def test_the_token_is_kept_as_a_hash(acme: Tenant, mailbox: Mailbox) -> None:
    user, link = invite(acme, "ivan-8@acme.example", mailbox)
    token = link.rpartition("/")[2]
    assert Invitation.objects.get(user_id=user.pk).token_hash == hashlib.sha256(token.encode()).hexdigest()
