"""People list, add, name and remove their passkeys, at the real local Cognito, with an authenticator of the tests."""

import json

import pytest
from django.utils import timezone

from federation.models import PasskeyName, SecurityNotice
from identity.models import DirectoryUser
from tenants.models import Application, AuditEvent, Tenant
from tests.federation.account.test_changes import enter
from tests.federation.browser import Browser
from tests.federation.conftest import issuer
from tests.federation.signin.test_passkeys import options_in
from tests.federation.signin.ways import PASSKEY, allow
from tests.support.authenticator import Passkey

pytestmark = pytest.mark.urls("config.urls.signin")


def test_passkeys_are_added_named_and_removed(acme: Tenant, ann: DirectoryUser, application: Application) -> None:
    allow(acme, PASSKEY)
    # Who said "not now" is not offered one on the way.
    DirectoryUser.objects.filter(pk=ann.pk).update(passkey_declined_at=timezone.now())
    browser = Browser(application)
    enter(browser, "/acme/account/passkeys")
    assert "You have no passkey yet." in browser.text
    browser.get("/acme/account/passkeys/new")
    for refused in ("", "[]", json.dumps({"id": "x"})):
        assert browser.submit(credential=refused).status_code == 422
    made = Passkey(issuer()).made_for(options_in(browser))
    browser.submit(credential=json.dumps(made), name="  My  phone ")
    assert "The passkey is added." in browser.text
    assert "My phone" in browser.text
    ann.refresh_from_db()
    assert ann.has_passkey
    assert SecurityNotice.objects.get(kind="passkey_added").details["about"] == "My phone"
    listed = browser.hidden()
    for named, word in (("Old phone", "has another name"), ("  ", "Enter a name")):
        browser.address = "/acme/account/passkeys/name"
        browser.client.post(browser.address, {**listed, "name": named})
        browser.get("/acme/account/passkeys")
        assert "Old phone" in browser.text, word
    unknown = {**listed, "passkey": "somebody-elses"}
    assert browser.client.post("/acme/account/passkeys/remove", unknown).status_code == 404
    assert browser.client.post("/acme/account/passkeys/remove", listed).status_code == 302
    browser.get("/acme/account/passkeys")
    assert "You have no passkey yet." in browser.text
    assert not DirectoryUser.objects.get(pk=ann.pk).has_passkey
    assert not PasskeyName.objects.exists()
    actions = AuditEvent.objects.filter(action__startswith="user.passkey").order_by("sequence")
    found = list(actions.values_list("action", flat=True))
    assert found == ["user.passkey_added", "user.passkey_named", "user.passkey_removed"]


def test_where_nobody_signs_in_by_one_none_is_offered(
    acme: Tenant, ann: DirectoryUser, application: Application
) -> None:
    browser = Browser(application)
    enter(browser, "/acme/account/security")
    assert "Passkeys" not in browser.text
    browser.get("/acme/account/passkeys/new")
    assert browser.page.status_code == 404
