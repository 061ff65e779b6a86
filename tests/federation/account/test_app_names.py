"""People name their authenticator apps on their account page: that of Cognito, and that which Lifeguard keeps."""

import time
from html import unescape

import pytest
from django.utils import timezone

from federation.models import AppName, BrowserSession, OwnFactor, SecurityNotice
from federation.services.app_names import app_name_of, keep_app_name
from federation.services.recovery_codes import make_codes, use_code
from federation.totp import code_at
from identity.cells import pool_ref
from identity.cognito import users
from identity.cognito.calls import Priority
from identity.models import DirectoryUser
from identity.services.users import reset_user_mfa
from tenants.actor import system
from tenants.models import Application, AuditEvent, MfaPolicy, PoolKind, SignInPolicy, Tenant
from tests.factories import ApplicationFactory
from tests.federation.account.test_changes import come_back, enter
from tests.federation.account.test_own_factors import LISTED, add_key, gina, post
from tests.federation.app_codes import app_on, next_code, wrong_code
from tests.federation.browser import Browser
from tests.federation.conftest import PASSWORD, MakeTenant, MakeUser

# `gina` comes by its name.
__all__ = ["gina"]

pytestmark = pytest.mark.urls("config.urls.signin")
AT_COGNITO = "/acme/account/authenticator"
ACTOR = system("test")
# What is typed, and what is kept of it.
TYPED = [
    ("Work laptop", "Work laptop"),
    ("  My \t phone\r\n ", "My phone"),
    ("\u202eenohP\u0007", "enohP"),
    ("<b>&'\"", "<b>&'\""),
    ("携帯📱", "携帯📱"),
    ("x" * 5000, "x" * 60),
]


@pytest.fixture
def acme(make_tenant: MakeTenant, request: pytest.FixtureRequest) -> Tenant:
    """A tenant with a pool of the kind that the test wants."""
    return make_tenant("acme", getattr(request, "param", PoolKind.DEDICATED))


@pytest.fixture
def browser(ann: DirectoryUser, application: Application) -> Browser:
    """Ann's browser, on the page on which she sets up an app."""
    browser = Browser(application)
    enter(browser, AT_COGNITO)
    return browser


def rename(browser: Browser, name: str, *, where: str = AT_COGNITO, **fields: str) -> str:
    """Press the button beside the name; returns where that leads, or the status of what is refused."""
    # A page that everybody has, for the token of its form.
    browser.get(f"/{where.split('/')[1]}/account/name")
    answer = browser.client.post(f"{where}/name", {**browser.hidden(), "name": name, **fields})
    return answer.headers.get("Location", str(answer.status_code))


def set_up(browser: Browser, **fields: str) -> None:
    """Set up an app of Lifeguard's."""
    browser.get(f"{LISTED}/app")
    browser.submit(code=code_at(app_on(browser).secret, int(time.time()) // 30), **fields)
    assert "The authenticator app is set up." in browser.text


def told() -> list[tuple[str, dict[str, str], dict[str, str]]]:
    """What the log has of apps, the oldest first."""
    rows = AuditEvent.objects.filter(action__startswith="user.totp").order_by("sequence")
    return [(event.action.removeprefix("user.totp_"), event.before, event.after) for event in rows]


@pytest.mark.parametrize("acme", list(PoolKind), ids=str, indirect=True)
def test_an_app_at_cognito_is_added_named_and_removed(browser: Browser, ann: DirectoryUser) -> None:
    assert browser.submit(code=wrong_code(app_on(browser)), name="My phone").status_code == 422
    assert 'value="My phone"' in browser.text
    assert not AppName.objects.exists()
    app = app_on(browser)
    browser.submit(code=app.now(), name="  My  phone ")
    assert "<strong>My phone</strong>" in browser.text
    assert rename(browser, "Old phone").endswith("/acme/account/security?done=authenticator-named")
    assert rename(browser, "Drawer", in_list="yes").endswith("/acme/account/factors?done=authenticator-named")
    assert rename(browser, " \n").endswith("?done=authenticator-without-name")
    for page in ("security", "factors"):
        assert "Drawer" in browser.get(f"/acme/account/{page}").content.decode()
    assert app_name_of(ann) == "Drawer"

    # Nobody is told before the password.
    elsewhere = Browser(browser.application)
    elsewhere.get("/acme/account/security")
    assert "Drawer" not in elsewhere.text
    assert elsewhere.submit(email=ann.email, password="wrong").status_code == 403
    assert "Drawer" not in elsewhere.text
    elsewhere.submit(email=ann.email, password=PASSWORD)
    assert "Open your authenticator app “Drawer” and enter" in elsewhere.text
    elsewhere.submit(code=next_code(app))
    come_back(elsewhere)
    elsewhere.get(f"{AT_COGNITO}/remove")
    elsewhere.submit()
    assert "Drawer" not in elsewhere.text
    assert not AppName.objects.exists()
    assert told() == [
        ("enrolled", {}, {"name": "My phone"}),
        ("named", {"name": "My phone"}, {"name": "Old phone"}),
        ("named", {"name": "Old phone"}, {"name": "Drawer"}),
        ("removed", {"name": "Drawer"}, {}),
    ]
    notices = SecurityNotice.objects.filter(kind__startswith="authenticator").order_by("pk")
    assert [each.details["about"] for each in notices] == ["My phone", "Drawer"]
    # There is none to be named any more.
    assert rename(elsewhere, "Ghost") == "404"
    assert not AppName.objects.exists()


def test_another_app_at_cognito_has_no_name_until_it_gets_one(browser: Browser, ann: DirectoryUser) -> None:
    browser.submit(code=app_on(browser).now(), name="Phone")
    for typed, name in (({}, ""), ({"name": "Tablet"}, "Tablet"), ({"name": "  "}, "")):
        browser.get(AT_COGNITO)
        assert "Phone" not in browser.text.partition("<form")[2]
        browser.submit(code=next_code(app_on(browser)), **typed)
        assert app_name_of(ann) == name
    assert rename(browser, "Watch").endswith("done=authenticator-named")
    assert told()[-1] == ("named", {"name": ""}, {"name": "Watch"})


def test_what_is_taken_away_at_cognito_takes_its_name_along(browser: Browser, ann: DirectoryUser) -> None:
    browser.submit(code=app_on(browser).now(), name="Phone")
    reset_user_mfa(ann.tenant, ann.pk, actor=ACTOR)
    ann.refresh_from_db()
    assert app_name_of(ann) == ""
    keep_app_name(ann, "Tablet")
    (code, *_rest) = make_codes(ann, actor=ACTOR)
    use_code(ann, code, began=timezone.now(), actor=ACTOR)
    ann.refresh_from_db()
    assert app_name_of(ann) == ""


def test_an_app_that_a_sign_in_sets_up_does_not_have_the_name_of_one_before(
    browser: Browser, ann: DirectoryUser
) -> None:
    """Which somebody removed in Cognito itself, of which Lifeguard is not told."""
    browser.submit(code=app_on(browser).now(), name="Phone")
    users.reset_factors(pool_ref(ann.tenant.pool), ann.username, priority=Priority.SIGN_IN)
    SignInPolicy.objects.update(mfa=MfaPolicy.REQUIRED)
    again = Browser(browser.application)
    again.get("/acme/account/security")
    again.submit(email=ann.email, password=PASSWORD)
    assert "Set up your authenticator app" in again.text
    again.submit(code=app_on(again).now())
    come_back(again)
    assert "Use another app" in again.text
    assert not AppName.objects.exists()


def test_nobody_names_the_app_of_somebody_else(browser: Browser, ann: DirectoryUser, make_user: MakeUser) -> None:
    browser.submit(code=app_on(browser).now(), name="Phone")
    other = make_user(ann.tenant, "bob@acme.example")
    theirs = Browser(browser.application)
    theirs.get("/acme/account/security")
    theirs.submit(email=other.email, password=PASSWORD)
    come_back(theirs)
    assert rename(theirs, "Bob's", user=str(ann.pk), username=ann.username) == "404"
    assert app_name_of(ann) == "Phone"
    assert "Phone" not in theirs.get("/acme/account/factors").content.decode()


def test_an_app_of_our_own_is_added_named_and_removed(gina: Browser, gail: DirectoryUser) -> None:
    assert rename(gina, "Ghost", where=f"{LISTED}/app") == "404"
    set_up(gina)
    assert OwnFactor.objects.get().name == ""
    assert rename(gina, "My  phone", where=f"{LISTED}/app").endswith("?done=authenticator-named")
    add_key(gina, "My phone")
    # Which is told from the app by what it is.
    assert 'Rename<span class="visually-hidden"> Authenticator app</span>' in gina.text
    assert 'Rename<span class="visually-hidden"> My phone</span>' in gina.text
    assert rename(gina, "\x00", where=f"{LISTED}/app").endswith("?done=authenticator-without-name")
    assert "<strong>My phone</strong>" in gina.get(LISTED).content.decode()
    # Another one in its place has its own name, or none.
    set_up(gina, name="Tablet")
    assert OwnFactor.objects.get().name == "Tablet"
    set_up(gina)
    assert OwnFactor.objects.get().name == ""
    rename(gina, "Watch", where=f"{LISTED}/app")
    assert post(gina, "app/remove") == 302
    assert told() == [
        ("enrolled", {}, {"name": ""}),
        ("named", {"name": ""}, {"name": "My phone"}),
        ("enrolled", {}, {"name": "Tablet"}),
        ("enrolled", {}, {"name": ""}),
        ("named", {"name": ""}, {"name": "Watch"}),
        ("removed", {"name": "Watch"}, {}),
    ]
    notices = SecurityNotice.objects.filter(kind__startswith="authenticator").order_by("pk")
    assert [each.details["about"] for each in notices] == ["", "Tablet", "", "Watch"]
    # What Cognito keeps has names of its own.
    assert not AppName.objects.exists()
    assert "Your authenticator app was renamed" in gina.get("/globex/account/activity").content.decode()


def test_an_app_of_our_own_that_was_reset_is_not_named(gina: Browser, gail: DirectoryUser) -> None:
    SignInPolicy.objects.update(mfa=MfaPolicy.OPTIONAL)
    set_up(gina, name="Phone")
    DirectoryUser.objects.update(mfa_reset_wanted=1)
    assert "Phone" not in gina.get(LISTED).content.decode()
    assert rename(gina, "Ghost", where=f"{LISTED}/app") == "404"
    set_up(gina)
    assert OwnFactor.objects.get().name == ""


@pytest.mark.parametrize(("typed", "kept"), TYPED)
def test_a_name_is_one_short_line(gina: Browser, typed: str, kept: str) -> None:
    """Like that of a key."""
    set_up(gina, name=typed)
    assert OwnFactor.objects.get().name == kept
    assert f"<strong>{kept}</strong>" in unescape(gina.text)
    OwnFactor.objects.update(name="")
    rename(gina, typed, where=f"{LISTED}/app")
    assert OwnFactor.objects.get().name == kept


def test_a_name_with_a_null_is_refused_at_the_set_up(gina: Browser) -> None:
    gina.get(f"{LISTED}/app")
    code = code_at(app_on(gina).secret, int(time.time()) // 30)
    assert gina.submit(code=code, name="Pho\x00ne").status_code == 422
    assert not OwnFactor.objects.exists()


def test_a_name_is_given_after_a_fresh_sign_in_alone(gina: Browser, gail: DirectoryUser) -> None:
    set_up(gina, name="Phone")
    BrowserSession.objects.update(amr=["fed"])
    SignInPolicy.objects.update(mfa=MfaPolicy.OPTIONAL)
    assert rename(gina, "Ghost", where=f"{LISTED}/app").startswith("/globex/sign-in?")
    # Of Cognito's, nobody is who came by an identity provider.
    assert rename(gina, "Ghost", where="/globex/account/authenticator") == "403"
    nobody = Browser(ApplicationFactory.create())
    nobody.client.handler.enforce_csrf_checks = False
    assert nobody.client.post(f"{LISTED}/app/name", {"name": "Ghost"})["Location"].startswith("/globex/sign-in?")
    assert OwnFactor.objects.get().name == "Phone"
    assert not AppName.objects.exists()
