"""Sessions are listed with device and network, and ended one by one or all at once."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from federation.models import BrowserSession, SecurityNotice, SessionCredential
from federation.selectors.browser_sessions import open_sessions
from federation.services.security_notices import NoticeKind, owe_notice, send_notice, unsent
from federation.services.session_ends import end_other_sessions, end_own_session, end_session_of, sign_user_out
from federation.services.signing_keys import ensure_signing_keys
from identity.models import DirectoryUser
from tenants.actor import ANONYMOUS, Actor, ActorKind
from tenants.errors import Conflict, NotFound, PermissionDenied
from tenants.models import AuditEvent, Tenant, TenantApplication
from tests.factories import ApplicationFactory, DirectoryUserFactory, TenantFactory, actor_of
from tests.federation.browser import Browser
from tests.support.mail import Mailbox, body_text

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls.signin")]

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


@pytest.fixture
def acme() -> Tenant:
    ensure_signing_keys()
    tenant: Tenant = TenantFactory.create(slug="acme")
    TenantApplication.objects.create(tenant=tenant, application=ApplicationFactory.create())
    return tenant


@pytest.fixture
def ann(acme: Tenant) -> DirectoryUser:
    user: DirectoryUser = DirectoryUserFactory.create(tenant=acme, email=f"ann-{uuid.uuid4().hex[:8]}@acme.example")
    return user


def browser_of(user: DirectoryUser) -> tuple[Browser, BrowserSession]:
    """Another browser in which somebody is signed in."""
    browser = Browser(TenantApplication.objects.get(tenant=user.tenant).application)
    return browser, browser.hold_session(user)


def test_what_stands_is_listed(ann: DirectoryUser) -> None:
    _, old = browser_of(ann)
    BrowserSession.objects.filter(pk=old.pk).update(
        user_agent=FIREFOX, network="2001:db8::", last_seen_at=timezone.now() - timedelta(hours=1)
    )
    _, idle = browser_of(ann)
    BrowserSession.objects.filter(pk=idle.pk).update(last_seen_at=timezone.now() - timedelta(days=2))
    _, replaced = browser_of(ann)
    _, this = browser_of(ann)
    BrowserSession.objects.filter(pk=this.pk).update(previous=replaced)
    browser_of(DirectoryUserFactory.create(tenant=ann.tenant))
    shown = open_sessions(ann, this=this)
    assert [(each.id, each.is_this) for each in shown] == [(this.pk, True), (old.pk, False)]
    assert (str(shown[1].device), shown[1].network) == ("Firefox on Linux", "2001:db8::/64")
    assert str(shown[0].device) == "An unknown browser"


def test_one_is_ended_with_its_tokens_and_the_others_go_on(ann: DirectoryUser) -> None:
    elsewhere, other = browser_of(ann)
    tokens = elsewhere.tokens_from_session(scope="openid offline_access")
    here, this = browser_of(ann)
    end_own_session(this, other.pk, visitor=ANONYMOUS)
    assert elsewhere.refresh(tokens["refresh_token"]).status_code == 400
    assert [each.id for each in open_sessions(ann)] == [this.pk]
    assert here.tokens_from_session()["access_token"]
    event = AuditEvent.objects.get(action="session.ended")
    assert (event.actor_id, event.target_id) == (str(ann.pk), str(ann.pk))


def test_nobody_ends_anothers_or_their_own_by_mistake(ann: DirectoryUser) -> None:
    _, this = browser_of(ann)
    _, anothers = browser_of(DirectoryUserFactory.create(tenant=ann.tenant))
    for unknown in (anothers.pk, uuid.uuid4()):
        with pytest.raises(NotFound):
            end_own_session(this, unknown, visitor=ANONYMOUS)
    with pytest.raises(Conflict):
        end_own_session(this, this.pk, visitor=ANONYMOUS)
    assert BrowserSession.objects.filter(ended_at__isnull=True).count() == 2


def test_all_others_are_ended(ann: DirectoryUser) -> None:
    browser_of(ann)
    _, other = browser_of(ann)
    SessionCredential.objects.create(
        session=other, tenant=ann.tenant, token_encrypted=b"x", expires_at=timezone.now() + timedelta(minutes=5)
    )
    _, this = browser_of(ann)
    assert end_other_sessions(this, visitor=ANONYMOUS) == 2
    assert [each.id for each in open_sessions(ann)] == [this.pk]
    assert not SessionCredential.objects.exists()


def test_an_administrator_ends_one_or_all(ann: DirectoryUser) -> None:
    admin = actor_of(DirectoryUserFactory.create(tenant=ann.tenant, role="admin"))
    _, first = browser_of(ann)
    second_browser, second = browser_of(ann)
    tokens = second_browser.tokens_from_session(scope="openid offline_access")
    end_session_of(ann.tenant, ann.pk, first.pk, actor=admin)
    assert [each.id for each in open_sessions(ann)] == [second.pk]
    sign_user_out(ann.tenant, ann.pk, actor=admin)
    assert open_sessions(DirectoryUser.objects.get(pk=ann.pk)) == []
    assert second_browser.refresh(tokens["refresh_token"]).status_code == 400
    assert DirectoryUser.objects.get(pk=ann.pk).sign_outs_wanted == 1


def test_an_admin_does_not_sign_an_owner_out(ann: DirectoryUser) -> None:
    owner = DirectoryUserFactory.create(tenant=ann.tenant, role="owner")
    _, session = browser_of(owner)
    admin = actor_of(DirectoryUserFactory.create(tenant=ann.tenant, role="admin"))
    with pytest.raises(PermissionDenied):
        sign_user_out(ann.tenant, owner.pk, actor=admin)
    with pytest.raises(PermissionDenied):
        end_session_of(ann.tenant, owner.pk, session.pk, actor=admin)
    assert open_sessions(owner)


def test_a_notice_is_mailed_once(ann: DirectoryUser, mailbox: Mailbox) -> None:
    actor = Actor(kind=ActorKind.MEMBER, ip="192.0.2.7", user_agent=FIREFOX)
    owe_notice(NoticeKind.PASSWORD_CHANGED, ann, actor=actor)
    (owed,) = unsent(5)
    send_notice(owed)
    send_notice(owed)
    assert SecurityNotice.objects.get().sent_at
    (mail,) = mailbox.messages_to(ann.email)
    assert "Your password was changed" in mail["Subject"]
    assert "Firefox on Linux" in body_text(mail)
    assert "192.0.2.7" in body_text(mail)
