"""An application that does not say which organisation: a code goes by mail, and every address is answered alike."""

import re
from html import unescape

import pytest

from federation.models import AuthorizationRequest
from federation.services.organisation_mail import mail_organisations
from federation.services.requests import MAX_CODES
from identity.models import DirectoryUser
from tenants.models import Application, PoolKind, Tenant, TenantApplication, TenantStatus
from tests.federation.browser import Browser
from tests.federation.conftest import PASSWORD, MakeTenant, MakeUser
from tests.support.codes import mailed_code
from tests.support.mail import Mailbox, body_text

pytestmark = pytest.mark.urls("config.urls.signin")


def ask(browser: Browser, email: str) -> AuthorizationRequest:
    browser.authorize()
    assert browser.address.startswith("/sign-in?request=")
    browser.submit(email=email)
    assert browser.page.status_code == 200
    return AuthorizationRequest.objects.latest("created_at")


def test_the_mailed_code_shows_the_organisations(
    browser: Browser, acme: Tenant, make_user: MakeUser, make_tenant: MakeTenant, mailbox: Mailbox
) -> None:
    globex = make_tenant("globex", PoolKind.SHARED)
    TenantApplication.objects.create(tenant=globex, application=browser.application)
    for tenant in (acme, globex):
        make_user(tenant, "maria-1@example.com")
    request = ask(browser, "Maria-1@example.com")
    assert "Check your mail" in browser.text
    assert mail_organisations(request.pk) == 2
    assert "Acme" not in body_text(mailbox.wait_for("maria-1@example.com"))
    browser.submit(code=mailed_code(mailbox, "maria-1@example.com"))
    links = [unescape(link) for link in re.findall(r'class="btn btn--block" href="([^"]+)"', browser.text)]
    assert [link.split("/")[1] for link in links] == ["acme", "globex"]
    browser.get(links[1])
    assert "maria-1@example.com" in browser.text
    browser.submit(email="maria-1@example.com", password=PASSWORD)
    assert browser.answer()["state"] == browser.state


def test_of_one_organisation_no_choice_is_shown(browser: Browser, ann: DirectoryUser, mailbox: Mailbox) -> None:
    request = ask(browser, "ann@acme.example")
    mail_organisations(request.pk)
    browser.submit(code=mailed_code(mailbox, "ann@acme.example"))
    assert browser.address.startswith("/acme/sign-in?")


def test_a_code_is_for_the_address_and_the_browser_that_asked_last(
    browser: Browser, assigned: Application, ann: DirectoryUser, mailbox: Mailbox
) -> None:
    request = ask(browser, "ann@acme.example")
    page = browser.address
    mail_organisations(request.pk)
    code = mailed_code(mailbox, "ann@acme.example")
    assert Browser(assigned).get(page).status_code == 404
    browser.get(f"/sign-in?request={request.pk}")
    browser.submit(email="nobody@acme.example")
    browser.submit(code=code)
    assert "The code is not right" in browser.text


def test_codes_cannot_be_tried_out(browser: Browser, ann: DirectoryUser, mailbox: Mailbox) -> None:
    """Neither by somebody to whom none was mailed; what is no code at all is not counted."""
    for email in ("nobody@acme.example", "ann@acme.example"):
        request = ask(browser, email)
        mail_organisations(request.pk)
        for _try in range(MAX_CODES):
            browser.submit(code="0000 0000")
            assert (browser.page.status_code, "The code is not right" in browser.text) == (422, True)
        browser.submit(code="00")
        assert "eight digits" in browser.text
        browser.nonce += "x"
    browser.submit(code=mailed_code(mailbox, "ann@acme.example"))
    assert "The code is not right" in browser.text


def test_who_belongs_to_none_any_more_is_told_so(browser: Browser, ann: DirectoryUser, mailbox: Mailbox) -> None:
    request = ask(browser, "ann@acme.example")
    mail_organisations(request.pk)
    TenantApplication.objects.all().delete()
    browser.submit(code=mailed_code(mailbox, "ann@acme.example"))
    assert "No organization lets this address in any more" in browser.text


def test_every_address_gets_the_same_answer(browser: Browser, ann: DirectoryUser, mailbox: Mailbox) -> None:
    pages = []
    for email in ("ann@acme.example", "nobody@acme.example"):
        request = ask(browser, email)
        text = browser.text.replace(email, "").replace(str(request.pk), "")
        pages.append(re.sub(r'("X-CSRFToken": |csrfmiddlewaretoken" value=)"[^"]+"', "", text))
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
