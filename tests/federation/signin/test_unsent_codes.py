"""A code to sign in by that Cognito cannot deliver."""

import pytest

from tenants.models import Tenant
from tests.federation.browser import Browser
from tests.federation.conftest import MakeUser
from tests.federation.signin.ways import EMAIL, allow, begin, shape_of
from tests.support.cognito import LocalCognito

pytestmark = pytest.mark.urls("config.urls.signin")


def test_nobody_learns_who_is_there_when_mails_cannot_be_sent(
    browser: Browser, acme: Tenant, make_user: MakeUser, cognito: LocalCognito
) -> None:
    """Cognito says so of addresses alone that somebody has."""
    make_user(acme, "otto-8@acme.example")
    allow(acme, EMAIL)
    seen = set()
    for email in ("otto-8@acme.example", "nobody-8@acme.example"):
        cognito.forget_calls()
        if email.startswith("otto"):
            cognito.fault("InitiateAuth", "access_denied")
        begin(browser, email, EMAIL)
        pages = [(browser.page.status_code, shape_of(browser))]
        for _ in range(2):
            browser.submit(code="00000000")
            pages.append((browser.page.status_code, shape_of(browser)))
        seen.add((tuple(pages), tuple(cognito.operations())))
    [(answers, operations)] = seen
    assert [status for status, _text in answers] == [200, 422, 422]
    assert operations == ("InitiateAuth", "RespondToAuthChallenge", "RespondToAuthChallenge")
