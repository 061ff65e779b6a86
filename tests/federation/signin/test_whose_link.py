"""Whom a forgotten password is for, and for how long a link to choose another one is good."""

import uuid

import pytest
from django.utils import timezone

from identity.cells import pool_ref
from identity.models import UserStatus
from identity.sync import engine
from tenants.models import Invitation, SyncKind, Tenant
from tests.factories import DirectoryUserFactory
from tests.federation.browser import Browser
from tests.federation.conftest import PASSWORD, MakeUser
from tests.federation.signin.test_forgotten import NEW_PASSWORD, ask, choose, link_mailed
from tests.support.by_hand import client_of
from tests.support.codes import mailed_code
from tests.support.mail import Mailbox

pytestmark = pytest.mark.urls("config.urls.signin")


def test_a_namesake_who_is_being_deleted_is_in_nobodys_way(
    browser: Browser, acme: Tenant, make_user: MakeUser, mailbox: Mailbox
) -> None:
    ann = make_user(acme, f"ann-{uuid.uuid4().hex[:8]}@acme.example")
    for number in (1, 2**128 - 1):
        # Whichever comes first.
        DirectoryUserFactory.create(tenant=acme, email=ann.email, status=UserStatus.DELETING, pk=uuid.UUID(int=number))
    ask(browser, ann.email)
    choose(browser, mailed_code(mailbox, ann.email))
    assert "Your password is changed" in browser.text


def test_a_link_in_place_of_a_temporary_password_does_not_outlive_it(
    browser: Browser, acme: Tenant, make_user: MakeUser, mailbox: Mailbox
) -> None:
    tom = make_user(acme, f"tom-{uuid.uuid4().hex[:8]}@acme.example", temporary=True)
    ask(browser, tom.email)
    link = link_mailed(tom, mailbox)
    browser.sign_in(tom.email, PASSWORD, organization="acme")
    browser.submit(password=NEW_PASSWORD, repeated=NEW_PASSWORD)
    assert browser.get(link).status_code == 404


def test_an_expired_link_is_not_replaced_where_there_is_a_password(
    browser: Browser, acme: Tenant, make_user: MakeUser, mailbox: Mailbox
) -> None:
    tom = make_user(acme, f"tom-{uuid.uuid4().hex[:8]}@acme.example", temporary=True)
    ask(browser, tom.email)
    link = link_mailed(tom, mailbox)
    Invitation.objects.update(expires_at=timezone.now())
    # They chose one where we do not see it.
    pool = pool_ref(acme.pool)
    client_of(pool).admin_set_user_password(
        UserPoolId=pool.pool_id, Username=tom.username, Password=NEW_PASSWORD, Permanent=True
    )
    browser.get(link)
    browser.submit()
    newest = Invitation.objects.filter(user_id=tom.pk).latest("created_at")
    engine.run(SyncKind.INVITATION, newest.pk)
    newest.refresh_from_db()
    assert (newest.sent_at, newest.token_hash) == (None, "")
    assert newest.revoked_at is not None
    assert len(mailbox.messages_to(tom.email)) == 1
