"""People who come by a connection look after the second factors that Lifeguard keeps of them."""

import json
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from federation.models import BrowserSession, Connection, OwnFactor, OwnKey, OwnKeyOffer, RecoveryCode, SecurityNotice
from federation.services.own_factors import had_own_factor
from federation.services.recovery_codes import HOW_MANY, codes_left
from federation.totp import code_at, new_secret
from federation.webauthn import origin_of
from identity.models import DirectoryUser
from tenants.models import AuditEvent, MfaPolicy, SignInPolicy, Tenant
from tests.federation.account.conftest import session_of
from tests.federation.app_codes import app_on, wrong_code
from tests.federation.browser import Browser
from tests.federation.signin.test_own_keys import options_on
from tests.support.authenticator import Passkey
from tests.support.connections import oidc_connection

pytestmark = pytest.mark.urls("config.urls.signin")
LISTED = "/globex/account/own-factors"


@pytest.fixture
def gina(here: Browser, globex: Tenant) -> Browser:
    """Gail's browser, in which she came by a connection whose people Lifeguard asks, at a tenant that requires it."""
    connection = oidc_connection(globex)
    Connection.objects.update(mfa_trust="own", status="active")
    DirectoryUser.objects.update(cognito_status="EXTERNAL_PROVIDER")
    BrowserSession.objects.update(connection=connection, amr=["fed", "pop", "mfa"])
    SignInPolicy.objects.update(mfa=MfaPolicy.REQUIRED)
    return here


def add_key(browser: Browser, name: str = "") -> Passkey:
    """Add a key."""
    browser.get(f"{LISTED}/key")
    passkey = Passkey(origin_of(settings.SIGNIN_URL))
    browser.submit(credential=json.dumps(passkey.made_for(options_on(browser))), name=name)
    return passkey


def post(browser: Browser, path: str, **fields: str) -> int:
    """Press a button of the list."""
    browser.get(LISTED)
    status: int = browser.client.post(f"{LISTED}/{path}", {**browser.hidden(), **fields}).status_code
    browser.get(LISTED)
    return status


def test_keys_are_added_named_and_removed(gina: Browser, gail: DirectoryUser) -> None:
    gina.get("/globex/account/security")
    assert "See your second factors" not in gina.text
    gina.get(LISTED)
    assert "You have no security key or passkey yet." in gina.text
    passkey = add_key(gina, "Desk")
    assert "The security key or passkey is added." in gina.text
    assert (SecurityNotice.objects.get().kind, SecurityNotice.objects.get().details["about"]) == ("key_added", "Desk")
    # What is there is not to be made again.
    gina.get(f"{LISTED}/key")
    assert [each["id"] for each in options_on(gina)["excludeCredentials"]] == [passkey.id]
    key = str(OwnKey.objects.get().pk)
    assert post(gina, "key/name", passkey=key, name="Drawer") == 302
    assert "Drawer" in gina.text
    # The only one there is, and one is asked for.
    assert post(gina, "key/remove", passkey=key) == 409
    add_key(gina)
    assert post(gina, "key/remove", passkey=key) == 302
    assert "Drawer" not in gina.text
    assert post(gina, "key/remove", passkey=key) == 404
    assert set(AuditEvent.objects.values_list("action", flat=True)) >= {
        "user.key_added",
        "user.key_named",
        "user.key_removed",
    }
    gail.refresh_from_db()
    assert gail.second_factors == ["key"]


def test_an_offer_is_good_once_for_a_while_and_for_one_session(gina: Browser, gail: DirectoryUser) -> None:
    gina.get(f"{LISTED}/key")
    answer = json.dumps(Passkey(origin_of(settings.SIGNIN_URL)).made_for(options_on(gina)))
    assert gina.submit(credential="{}").status_code == 422
    # That answer used it up.
    assert gina.submit(credential=answer).status_code == 422
    other = Browser(gina.application)
    other.hold_session(gail, amr=("fed", "mfa"))
    BrowserSession.objects.update(connection=Connection.objects.get())
    other.get(f"{LISTED}/key")
    theirs = json.dumps(Passkey(origin_of(settings.SIGNIN_URL)).made_for(options_on(other)))
    assert gina.submit(credential=theirs).status_code == 422
    OwnKeyOffer.objects.update(expires_at=timezone.now())
    assert other.submit(credential=theirs).status_code == 422
    assert not OwnKey.objects.exists()


def test_an_app_is_added_replaced_and_removed(gina: Browser, gail: DirectoryUser) -> None:
    for _ in range(2):
        gina.get(f"{LISTED}/app")
        secret = app_on(gina).secret
        assert gina.submit(code=wrong_code(app_on(gina))).status_code == 422
        gina.submit(code=code_at(secret, int(time.time()) // 30))
        assert "The authenticator app is set up." in gina.text
        assert OwnFactor.objects.get().secret == secret
    assert post(gina, "app/remove") == 409
    add_key(gina)
    assert post(gina, "app/remove") == 302
    assert not OwnFactor.objects.exists()
    assert AuditEvent.objects.filter(action="user.totp_enrolled").count() == 2
    assert AuditEvent.objects.filter(action="user.totp_removed").count() == 1
    gail.refresh_from_db()
    assert gail.second_factors == ["key"]


def test_what_was_reset_is_forgotten_once_there_is_another_of_either_kind(gina: Browser, gail: DirectoryUser) -> None:
    """Otherwise who removes that one later would be asked to set one up, as after a reset."""
    SignInPolicy.objects.update(mfa=MfaPolicy.OPTIONAL)
    was_reset = OwnFactor(tenant=gail.tenant, user=gail, resets=0, last_step=0)
    was_reset.seal_secret(new_secret())
    was_reset.save()
    DirectoryUser.objects.update(mfa_reset_wanted=1)
    add_key(gina)
    assert (OwnFactor.objects.count(), OwnKey.objects.count()) == (0, 1)
    add_key(gina)
    assert OwnKey.objects.count() == 2
    DirectoryUser.objects.update(mfa_reset_wanted=2)
    gina.get(f"{LISTED}/app")
    gina.submit(code=code_at(app_on(gina).secret, int(time.time()) // 30))
    assert (OwnFactor.objects.count(), OwnKey.objects.count()) == (1, 0)
    add_key(gina)
    assert (OwnFactor.objects.count(), OwnKey.objects.count()) == (1, 1)
    assert post(gina, "app/remove") == 302
    assert post(gina, "key/remove", passkey=str(OwnKey.objects.get().pk)) == 302
    gail.refresh_from_db()
    assert not had_own_factor(gail)


def test_recovery_codes_are_offered_once_there_is_a_factor(gina: Browser, gail: DirectoryUser) -> None:
    assert "Recovery codes" not in gina.get(LISTED).content.decode()
    assert "need no codes" in gina.get("/globex/account/security").content.decode()
    gina.get("/globex/account/name")
    make = "/globex/account/recovery-codes"
    assert gina.client.post(make, gina.hidden()).status_code == 409
    add_key(gina)
    assert "Make recovery codes" in gina.text
    assert "Make some now" in gina.text
    SignInPolicy.objects.update(mfa=MfaPolicy.OPTIONAL)
    for amr, since in ((["fed"], 0), (["fed", "mfa"], 16)):
        # By what the identity provider says alone, or long after, nobody makes any.
        BrowserSession.objects.update(amr=amr, auth_time=timezone.now() - timedelta(minutes=since))
        assert gina.client.post(make, gina.hidden())["Location"].startswith("/globex/sign-in?")
    assert not RecoveryCode.objects.exists()
    BrowserSession.objects.update(auth_time=timezone.now())
    assert "They are not shown again" in gina.client.post(make, gina.hidden()).content.decode()
    assert codes_left(gail) == HOW_MANY
    assert "Make some now" not in gina.get(LISTED).content.decode()
    Connection.objects.update(mfa_trust="provider")
    assert gina.client.post(make, gina.hidden()).status_code == 403


def test_who_has_a_password_too_makes_recovery_codes_by_the_factor_that_they_have(
    gina: Browser, gail: DirectoryUser
) -> None:
    """Of Cognito's they have none, so that no sign-in with the password shows two."""
    DirectoryUser.objects.update(cognito_status="CONFIRMED", cognito_sub="sub-of-gail")
    make = "/globex/account/recovery-codes"
    gina.get("/globex/account/name")
    assert gina.client.post(make, gina.hidden()).status_code == 403
    add_key(gina)
    assert "Make recovery codes" in gina.text
    by_password = Browser(gina.application)
    by_password.hold_session(gail)
    SignInPolicy.objects.update(mfa=MfaPolicy.OPTIONAL)
    by_password.get("/globex/account/name")
    assert by_password.client.post(make, by_password.hidden()).status_code == 409
    here = BrowserSession.objects.filter(connection__isnull=False)
    here.update(amr=["fed"])
    assert gina.client.post(make, gina.hidden())["Location"].startswith("/globex/sign-in?")
    here.update(amr=["fed", "pop", "mfa"])
    DirectoryUser.objects.update(has_totp=True)
    assert gina.client.post(make, gina.hidden()).status_code == 403
    DirectoryUser.objects.update(has_totp=False)
    assert not RecoveryCode.objects.exists()
    assert "They are not shown again" in gina.client.post(make, gina.hidden()).content.decode()
    assert codes_left(gail) == HOW_MANY


@pytest.mark.parametrize("secret", ["", "A" * 17, "A" * 128, "a" * 32, "1" * 32])
def test_a_secret_that_was_not_made_here_is_no_apps(gina: Browser, secret: str) -> None:
    gina.get(f"{LISTED}/app")
    assert gina.submit(code="123456", secret=secret).status_code == 422
    assert not OwnFactor.objects.exists()


def test_the_second_factor_must_have_been_shown_lately(gina: Browser) -> None:
    add_key(gina)
    key = str(OwnKey.objects.get().pk)
    # By what the identity provider says alone nobody adds or removes one, once there is one.
    BrowserSession.objects.update(amr=["fed"])
    SignInPolicy.objects.update(mfa=MfaPolicy.OPTIONAL)
    for path in ("key", "app"):
        assert gina.client.get(f"{LISTED}/{path}")["Location"].startswith("/globex/sign-in?")
    assert post(gina, "key/remove", passkey=key) == 302
    BrowserSession.objects.update(amr=["fed", "mfa"], auth_time=timezone.now() - timedelta(minutes=16))
    assert post(gina, "key/remove", passkey=key) == 302
    assert OwnKey.objects.count() == 1
    assert session_of(gina).amr == ["fed", "mfa"]


@pytest.mark.parametrize(
    "changed", [{"trust": "provider"}, {"mfa": "off"}, {"amr": ["pwd", "otp", "mfa"]}], ids=["trust", "policy", "way"]
)
def test_who_is_not_asked_for_one_has_no_such_page(gina: Browser, changed: dict[str, object]) -> None:
    Connection.objects.update(mfa_trust=changed.get("trust", "own"))
    SignInPolicy.objects.update(mfa=changed.get("mfa", "optional"))
    BrowserSession.objects.update(amr=changed.get("amr", ["fed", "mfa"]))
    gina.get("/globex/account/security")
    assert "after your organization's identity provider" not in gina.text
    for path in ("", "/app", "/key"):
        assert gina.client.get(f"{LISTED}{path}").status_code == 404
