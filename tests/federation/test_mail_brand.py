"""Each mail that a tenant is the sender of wears its brand, and nothing of a name in it is markup."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test.signals import template_rendered
from django.utils import timezone

from federation.models import AccountRequest, AccountRequestKind, EmailChange, FederatedIdentity, SecurityNotice
from federation.services import link_notices
from federation.services.email_changes import LIFETIME, mail_code
from federation.services.security_notices import NoticeKind, owe_notice, send_notice
from federation.signin.account_mail import answer
from identity.models import DirectoryUser, UserStatus
from tenants.actor import ANONYMOUS
from tenants.models import Application, Branding, PoolKind, SignInPolicy, SignUpPolicy, Tenant, TenantApplication
from tests.federation.browser import Browser
from tests.federation.conftest import PASSWORD, MakeTenant, MakeUser
from tests.federation.signin.test_passwordless import without_passwords
from tests.federation.signin.test_recovery_codes import enrol
from tests.support.connections import saml_connection
from tests.tenants.logos import png

pytestmark = pytest.mark.urls("config.urls.signin")

ADDRESS = "otto@acme.example"
NAME, SHOWN = "Acme <script>alert(1)</script>", "Acme &lt;script&gt;alert(1)&lt;/script&gt;"
ACCENT = "#7a1f5c"
FOLDER = Path(settings.BASE_DIR) / "templates" / "federation" / "mail"
# The product is the sender of these: one is about several organizations, the other is to those who run one.
NO_TENANTS = {"organisations", "domain_notice"}


@pytest.fixture
def tenant(make_tenant: MakeTenant, application: Application) -> Tenant:
    """A tenant with a brand and a name that is markup; its shared pool has second factors."""
    made = make_tenant("acme", PoolKind.SHARED)
    TenantApplication.objects.create(tenant=made, application=application)
    Branding.objects.filter(tenant=made).update(display_name=NAME, accent=ACCENT, logo=png(), logo_type="image/png")
    SignInPolicy.objects.filter(tenant=made).update(sign_up=SignUpPolicy.ANYONE)
    return Tenant.objects.select_related("branding", "policy", "pool__cell").get(pk=made.pk)


@pytest.fixture
def otto(tenant: Tenant, make_user: MakeUser) -> DirectoryUser:
    """Its one user."""
    return make_user(tenant, ADDRESS)


@pytest.fixture
def rendered() -> Iterator[list[str]]:
    """The names of the templates that were used."""
    names: list[str] = []

    def note(template: Any, **_: Any) -> None:
        names.append(template.name)

    template_rendered.connect(note)
    yield names
    template_rendered.disconnect(note)


def ask(tenant: Tenant, kind: AccountRequestKind, email: str) -> None:
    """Have somebody ask for a mail about an account, and the worker answer."""
    asked = AccountRequest.objects.create(
        tenant=tenant, kind=kind, email=email, mail_owed=True, expires_at=timezone.now() + LIFETIME
    )
    answer(asked.pk)


def sign_up(otto: DirectoryUser) -> None:
    ask(otto.tenant, AccountRequestKind.SIGN_UP, "nina@acme.example")


def has_account(otto: DirectoryUser) -> None:
    ask(otto.tenant, AccountRequestKind.SIGN_UP, otto.email)


def no_reset(otto: DirectoryUser) -> None:
    DirectoryUser.objects.filter(pk=otto.pk).update(status=UserStatus.CREATED)
    ask(otto.tenant, AccountRequestKind.PASSWORD, otto.email)


def unseen_factor(otto: DirectoryUser) -> None:
    """Cognito has a factor of a sign-in that nobody here saw, and the tenant does without passwords since."""
    DirectoryUser.objects.filter(pk=otto.pk).update(totp_declined_at=None)
    browser = Browser(Application.objects.get())
    browser.sign_in(otto.email, PASSWORD, organization="acme")
    enrol(browser)
    DirectoryUser.objects.filter(pk=otto.pk).update(has_totp=False)
    without_passwords(otto.tenant)
    mail.outbox.clear()
    ask(otto.tenant, AccountRequestKind.PASSWORD, otto.email)


def security_notice(otto: DirectoryUser) -> None:
    owe_notice(NoticeKind.PASSKEY_ADDED, otto, actor=ANONYMOUS, about="<script>alert(2)</script>")
    send_notice(SecurityNotice.objects.get().pk)


def linked(otto: DirectoryUser) -> None:
    identity = FederatedIdentity.objects.create(
        tenant=otto.tenant,
        connection=saml_connection(otto.tenant, name="Okta <script>"),
        subject="u-1",
        user=otto,
        linked_at=timezone.now(),
        notice_owed=True,
    )
    link_notices.tell(identity.pk)


def email_change(otto: DirectoryUser) -> None:
    change = EmailChange.objects.create(
        tenant=otto.tenant, user=otto, email="otto@new.example", expires_at=timezone.now() + LIFETIME
    )
    mail_code(change.pk)


SENDERS: dict[str, Callable[[DirectoryUser], None]] = {
    sender.__name__: sender
    for sender in (sign_up, has_account, no_reset, unseen_factor, security_notice, linked, email_change)
}


def test_each_mail_is_known() -> None:
    """A mail that is new here needs a sender below, or a reason why no tenant is its sender."""
    assert {path.stem for path in FOLDER.iterdir()} == SENDERS.keys() | NO_TENANTS


@pytest.mark.parametrize("name", SENDERS)
def test_a_tenants_mail_wears_its_brand(name: str, otto: DirectoryUser, rendered: list[str]) -> None:
    SENDERS[name](otto)
    assert f"federation/mail/{name}.txt" in rendered
    (sent,) = mail.outbox
    assert isinstance(sent, EmailMultiAlternatives)
    (html,) = (str(content) for content, kind in sent.alternatives if kind == "text/html")
    assert SHOWN in html
    assert "<script" not in html
    assert ACCENT in html
    assert 'src="cid:logo"' in html
    pictures = [part for part in sent.message().walk() if part.get_content_type() == "image/png"]
    assert [part["Content-ID"] for part in pictures] == ["<logo>"]
    # The text alone is as it was: names as they are, and no markup of ours.
    assert NAME in f"{sent.subject} {sent.body}"
    assert "<p" not in sent.body
