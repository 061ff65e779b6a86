"""What the token endpoint refuses is in the log of sign-ins, where somebody of a tenant is concerned."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.utils import timezone

from federation.auth_reasons import Reason
from federation.models import AuthEvent, AuthorizationCode, AuthOutcome, AuthWay, RefreshToken
from federation.provider import grants
from federation.provider.client import Client
from federation.services.signing_keys import ensure_signing_keys
from identity.models import DirectoryUser, UserStatus
from tenants.models import TenantApplication
from tests.factories import ApplicationFactory, DirectoryUserFactory, TenantFactory
from tests.federation.browser import Browser, json_of

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls.signin")]


@pytest.fixture
def browser() -> Browser:
    ensure_signing_keys()
    user = DirectoryUserFactory.create(tenant=TenantFactory.create(slug="acme"))
    application = ApplicationFactory.create()
    TenantApplication.objects.create(tenant=user.tenant, application=application)
    browser = Browser(application)
    browser.hold_session(user)
    return browser


def refused() -> list[tuple[str, str]]:
    events = AuthEvent.objects.filter(way=AuthWay.TOKEN, outcome=AuthOutcome.FAILED).order_by("pk")
    assert all(event.user and event.application for event in events)
    return [(event.reason, event.detail) for event in events]


def a_code(browser: Browser) -> str:
    browser.authorize(organization="acme")
    return browser.answer()["code"]


def test_codes(browser: Browser) -> None:
    code = a_code(browser)
    assert browser.exchange(code, code_verifier="x" * 43).status_code == 400
    assert refused() == [(Reason.CODE_NOT_GOOD, "invalid_grant")]
    # The same one again and again is one line; of one that nobody was given there is nobody to tell.
    browser.exchange(code, code_verifier="y" * 43)
    browser.exchange("nobody's")
    assert len(refused()) == 1


def test_a_code_and_a_token_that_are_used_twice(browser: Browser) -> None:
    code = a_code(browser)
    tokens = json_of(browser.exchange(code))
    assert browser.refresh(tokens["refresh_token"]).status_code == 200
    assert not refused()
    assert browser.refresh(tokens["refresh_token"]).status_code == 400
    assert browser.exchange(code).status_code == 400
    assert refused() == [(Reason.TOKEN_USED_TWICE, "invalid_grant"), (Reason.CODE_USED_TWICE, "invalid_grant")]


def test_what_is_used_twice_at_once_is_no_matter_of_rights(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first use comes between the moment at which the second was read and the one at which it uses it up."""

    code = a_code(browser)
    token = json_of(browser.exchange(code))["refresh_token"]
    AuthorizationCode.objects.update(used_at=None)
    RefreshToken.objects.update(used_at=None)
    real = grants.IssuesTokens.choose_target

    def first_is_faster(grant: grants.IssuesTokens, client: Client, granted: Sequence[str]) -> None:
        real(grant, client, granted)
        used = RefreshToken if isinstance(grant, grants.RefreshGrant) else AuthorizationCode
        used.objects.update(used_at=timezone.now())

    monkeypatch.setattr(grants.IssuesTokens, "choose_target", first_is_faster)
    assert browser.exchange(code).status_code == 400
    assert browser.refresh(token).status_code == 400
    assert [reason for reason, _detail in refused()] == [Reason.CODE_USED_TWICE, Reason.TOKEN_USED_TWICE]


def test_whoever_may_not_any_more(browser: Browser) -> None:
    code = a_code(browser)
    DirectoryUser.objects.update(status=UserStatus.DISABLED)
    assert browser.exchange(code).status_code == 400
    assert [reason for reason, _detail in refused()] == [Reason.NOT_ENTITLED]


def test_a_code_that_is_too_old(browser: Browser) -> None:
    code = a_code(browser)
    AuthorizationCode.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert browser.exchange(code).status_code == 400
    assert [reason for reason, _detail in refused()] == [Reason.CODE_NOT_GOOD]
