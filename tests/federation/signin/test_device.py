"""A device is signed in by somebody who has to sign in for it, through the pages that every sign-in has."""

import pytest

from federation.models import BrowserSession
from identity.models import DirectoryUser
from tenants.models import Application
from tests.federation.browser import Browser, json_of
from tests.federation.conftest import PASSWORD
from tests.federation.device import Device, enter

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("config.urls.signin")]


def test_the_password_is_asked_and_then_the_question(
    assigned: Application, browser: Browser, ann: DirectoryUser
) -> None:
    Application.objects.filter(pk=assigned.pk).update(device_flow=True, is_public=True, secret_hash="")
    device = Device(assigned)
    device.begin(organization="acme")
    enter(browser, device.codes["user_code"])
    assert browser.address.startswith("/acme/sign-in?request=")
    browser.submit(email=ann.email, password=PASSWORD)
    if "Not now" in browser.text:
        browser.submit(later="1")
    assert browser.address == "/device/confirm?organization=acme"
    assert device.codes["user_code"] in browser.text
    browser.submit(grant="1")
    assert json_of(device.poll())["token_type"] == "Bearer"
    # The browser's, and the device's own.
    assert BrowserSession.objects.filter(user=ann).count() == 2
