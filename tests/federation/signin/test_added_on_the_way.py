"""What is added to how somebody signs in, in a sign-in, is told to them as what they add on their account page."""

import pytest

from federation.models import SecurityNotice
from tenants.models import AuditEvent, Tenant
from tests.federation.browser import Browser
from tests.federation.conftest import MakeUser, issuer
from tests.federation.signin.test_passkeys import register
from tests.federation.signin.ways import PASSKEY, allow
from tests.support.authenticator import Passkey

pytestmark = pytest.mark.urls("config.urls.signin")


def test_a_passkey_is_told_and_written_down(browser: Browser, acme: Tenant, make_user: MakeUser) -> None:
    ann = make_user(acme, "ann@acme.example")
    allow(acme, PASSKEY)
    register(browser, ann.email, Passkey(issuer()))
    assert "code" in browser.answer()
    assert AuditEvent.objects.get(action="user.passkey_added").actor_id == str(ann.pk)
    assert SecurityNotice.objects.get(kind="passkey_added").email == ann.email
