"""Answers by a form (OAuth 2.0 Form Post Response Mode): the same as by the query, and in no address."""

from urllib.parse import urlsplit

import pytest

from federation.models import AuthorizationRequest
from identity.models import DirectoryUser
from tenants.models import Application, Tenant
from tests.federation.browser import Browser
from tests.federation.conftest import issuer

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls.signin")]


def posted(browser: Browser) -> dict[str, str]:
    """What the page's form would send, which goes to the application and to nobody else."""
    assert browser.page.status_code == 200
    assert browser.form_action() == browser.application.redirect_uris[0]
    where = urlsplit(browser.form_action())
    policy = browser.page["Content-Security-Policy"]
    allowed = next(part for part in policy.split(";") if part.strip().startswith("form-action"))
    assert f"{where.scheme}://{where.netloc}" in allowed
    assert "unsafe-inline" not in policy
    assert "no-store" in browser.page["Cache-Control"]
    assert "csrfmiddlewaretoken" not in browser.hidden()
    return browser.hidden()


def test_a_code_comes_by_a_form(browser: Browser) -> None:
    browser.authorize(organization="acme", response_mode="form_post")
    answer = posted(browser)
    assert set(answer) == {"code", "state", "iss"}
    assert (answer["state"], answer["iss"]) == (browser.state, issuer())
    assert browser.exchange(answer["code"]).status_code == 200


def test_errors_come_by_it_too(browser: Browser) -> None:
    for changed, error in (
        ({"prompt": "dance"}, "invalid_request"),
        ({"max_age": "0", "prompt": "none"}, "login_required"),
    ):
        browser.authorize(organization="acme", response_mode="form_post", **changed)
        answer = posted(browser)
        assert (answer["error"], answer["state"], answer["iss"]) == (error, browser.state, issuer())
        assert "code" not in answer


def test_an_address_with_a_query_of_its_own_keeps_it(browser: Browser, assigned: Application) -> None:
    assigned.redirect_uris = ["https://app.example/callback?code=mine&state="]
    assigned.save(update_fields=["redirect_uris"])
    browser.authorize(organization="acme", response_mode="form_post")
    answer = posted(browser)
    assert set(answer) == {"code", "state", "iss"}
    assert browser.exchange(answer["code"]).status_code == 200


def test_what_the_application_sent_is_not_our_markup(browser: Browser) -> None:
    state = "\"><script>alert(1)</script><input name='code"
    browser.authorize(organization="acme", response_mode="form_post", state=state)
    assert "<script>alert" not in browser.text
    assert posted(browser)["state"] == state


def test_a_sign_in_that_takes_a_while_remembers_it(assigned: Application, acme: Tenant, ann: DirectoryUser) -> None:
    Browser(assigned).authorize(organization="acme", response_mode="form_post")
    assert AuthorizationRequest.objects.get().parameters["response_mode"] == "form_post"


def test_a_foreign_address_gets_no_form(browser: Browser) -> None:
    page = browser.authorize(organization="acme", response_mode="form_post", redirect_uri="https://evil.example/")
    assert page.status_code == 400
    assert "evil.example" not in browser.text
