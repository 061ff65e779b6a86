"""Recovery codes on the account page: how many are left, and new ones after a fresh sign-in."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from federation.levels import AMR_FEDERATED
from federation.models import BrowserSession, RecoveryCode
from federation.services.recovery_codes import HOW_MANY, codes_left, use_code
from identity.models import DirectoryUser
from tenants.actor import system
from tenants.models import Tenant
from tests.factories import ApplicationFactory
from tests.federation.browser import Browser

pytestmark = pytest.mark.urls("config.urls.signin")


def make(browser: Browser) -> list[str]:
    browser.get("/globex/account/security")
    browser.page = browser.client.post("/globex/account/recovery-codes", browser.hidden())  # type: ignore[assignment]
    return re.findall(r"\b(?:[a-z2-9]{4}-){3}[a-z2-9]{4}\b", browser.text)


@pytest.fixture(autouse=True)
def in_cognito(gail: DirectoryUser) -> None:
    """Gail has a password of hers, and an app."""
    DirectoryUser.objects.filter(pk=gail.pk).update(cognito_sub="sub-of-gail", has_totp=True)


def test_codes_are_shown_once(here: Browser, gail: DirectoryUser) -> None:
    codes = make(here)
    assert len(set(codes)) == HOW_MANY
    use_code(gail, codes[0], began=timezone.now(), actor=system("test"))
    # As after a sign-in, in which another app was set up.
    BrowserSession.objects.update(auth_time=timezone.now())
    DirectoryUser.objects.update(has_totp=True)
    here.get("/globex/account/security")
    assert f"{HOW_MANY - 1} of {HOW_MANY} left" in here.text
    assert not [code for code in codes if code in here.text]
    again = make(here)
    assert not set(codes) & set(again)
    assert codes_left(gail) == HOW_MANY


def test_they_need_a_fresh_sign_in(here: Browser, gail: DirectoryUser) -> None:
    BrowserSession.objects.update(auth_time=timezone.now() - timedelta(hours=1))
    assert make(here) == []
    assert here.page.status_code == 302
    assert RecoveryCode.objects.count() == 0


def test_they_need_a_factor_that_they_are_instead_of(here: Browser, gail: DirectoryUser) -> None:
    DirectoryUser.objects.filter(pk=gail.pk).update(has_totp=False)
    here.get("/globex/account/security")
    assert "need no codes as long as that is so" in here.text
    assert "Make recovery codes" not in here.text
    here.get("/globex/account/name")
    assert here.client.post("/globex/account/recovery-codes", here.hidden()).status_code == 409
    assert RecoveryCode.objects.count() == 0


def test_whose_factors_are_an_identity_providers_has_none(here: Browser, gail: DirectoryUser) -> None:
    DirectoryUser.objects.filter(pk=gail.pk).update(cognito_status="EXTERNAL_PROVIDER")
    here.get("/globex/account/security")
    assert "Recovery codes" not in here.text
    assert make(here) == []


def test_whom_an_identity_provider_signed_in_makes_none(globex: Tenant, gail: DirectoryUser) -> None:
    """A user who is linked has factors of their own, which the provider's word alone must not get round."""
    by_provider = Browser(ApplicationFactory.create())
    by_provider.hold_session(gail, amr=(AMR_FEDERATED,))
    assert make(by_provider) == []
    assert by_provider.get("/globex/account/email").status_code != 200
    assert RecoveryCode.objects.count() == 0
