"""An application that does not say which organisation: the links go by mail, and every address is answered alike."""

import re

import pytest
from django.conf import settings

from federation.models import AuthorizationRequest
from federation.services.organisation_mail import mail_organisations
from identity.models import DirectoryUser
from tenants.models import Application, PoolKind, Tenant, TenantApplication, TenantStatus
from tests.federation.browser import Browser
from tests.federation.conftest import PASSWORD, MakeTenant, MakeUser
from tests.support.mail import Mailbox, body_text

pytestmark = pytest.mark.urls("config.urls.signin")


def ask(browser: Browser, email: str) -> AuthorizationRequest:
    browser.authorize()
    assert browser.address.startswith("/sign-in?request=")
    browser.submit(email=email)
    assert browser.page.status_code == 200
    return AuthorizationRequest.objects.latest("created_at")


def test_the_mailed_link_continues_the_request(
    browser: Browser, acme: Tenant, make_user: MakeUser, make_tenant: MakeTenant, mailbox: Mailbox
) -> None:
    globex = make_tenant("globex", PoolKind.SHARED)
    TenantApplication.objects.create(tenant=globex, application=browser.application)
    for tenant in (acme, globex):
        make_user(tenant, "maria-1@example.com")
    request = ask(browser, "Maria-1@example.com")
    assert "Check your mail" in browser.text
    assert mail_organisations(request.pk) == 2
    text = body_text(mailbox.wait_for("maria-1@example.com"))
    links = re.findall(re.escape(settings.SIGNIN_URL) + r"(\S+)", text)
    assert [link.split("/")[1] for link in links] == ["acme", "globex"]
    browser.get(links[1])
    browser.submit(email="maria-1@example.com", password=PASSWORD)
    assert browser.answer()["state"] == browser.state


def test_every_address_gets_the_same_answer(browser: Browser, ann: DirectoryUser, mailbox: Mailbox) -> None:
    pages = []
    for email in ("ann@acme.example", "nobody@acme.example"):
        request = ask(browser, email)
        text = browser.text.replace(email, "")
        pages.append(re.sub(r'"X-CSRFToken": "[^"]+"', "", text))
        expected = 1 if email == "ann@acme.example" else 0
        assert mail_organisations(request.pk) == expected
        browser.nonce += "x"
    assert pages[0] == pages[1]
    assert mailbox.messages_to("nobody@acme.example") == []


def test_only_organisations_that_may_be_entered_are_listed(
    browser: Browser, acme: Tenant, ann: DirectoryUser, assigned: Application
) -> None:
    request = ask(browser, "ann@acme.example")
    TenantApplication.objects.filter(tenant=acme).delete()
    assert mail_organisations(request.pk) == 0
    TenantApplication.objects.create(tenant=acme, application=assigned)
    Tenant.objects.update(status=TenantStatus.SUSPENDED)
    assert mail_organisations(request.pk) == 0


def test_a_request_asks_for_few_mails(browser: Browser, ann: DirectoryUser) -> None:
    browser.authorize()
    address = browser.address
    for number in range(5):
        browser.get(address)
        browser.submit(email=f"victim-{number}@example.com")
        assert browser.page.status_code == 200
    request = AuthorizationRequest.objects.get()
    assert (request.mails_asked, request.asked_email) == (3, "victim-2@example.com")


def test_the_page_is_for_its_own_browser(browser: Browser, assigned: Application, ann: DirectoryUser) -> None:
    browser.authorize()
    assert Browser(assigned).get(browser.address).status_code == 404
    assert browser.get("/sign-in").status_code == 404
    assert browser.get("/sign-in?request=nonsense").status_code == 404
