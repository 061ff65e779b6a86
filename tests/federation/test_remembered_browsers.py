"""A browser that is remembered spares its owner the second factor: for days, there alone, until that is taken back."""

import json
import re
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from federation import tasks
from federation.models import AuthEvent, BrowserSession, KnownDevice, RememberedBrowser
from federation.services.known_devices import recognise
from federation.services.remembered_browsers import own_factor_spared, remembered_device, unused
from federation.services.session_ends import end_other_sessions
from identity import auth
from identity.cells import pool_ref
from identity.cognito import users
from identity.cognito.calls import Priority
from identity.services.user_sessions import end_user_sessions
from identity.services.users import reset_user_mfa
from tenants.actor import ANONYMOUS
from tenants.factors import SecondFactor
from tenants.models import Application, AuditEvent, MfaPolicy, PoolKind, SignInPolicy
from tenants.services.policy import PolicyChange, update_policy
from tests.federation.browser import Browser
from tests.federation.conftest import PASSWORD, MakeTenant, MakeUser, reconcile
from tests.federation.factor_scene import Scene, scene
from tests.support.cognito import LocalCognito
from tests.support.connections import ACTOR
from tests.support.pool_settings import set_on

__all__ = ["scene"]

pytestmark = pytest.mark.urls("config.urls.signin")
MULTI_FACTOR = "urn:lifeguard:acr:multi-factor"
ASKED = "Check your mail"
# What is Lifeguard's own, and the same in each pool.
in_one_pool = pytest.mark.parametrize("scene", [PoolKind.SHARED], indirect=True)


@pytest.fixture
def mia(scene: Scene) -> Scene:
    """She has codes by mail; her organization requires a second factor, and lets browsers be remembered for a month."""
    set_on(scene.tenant, remembers_devices=True)
    reconcile(scene.tenant)
    scene.has(SecondFactor.EMAIL)
    scene.policy(MfaPolicy.REQUIRED, ["totp", "email"])
    SignInPolicy.objects.filter(tenant=scene.tenant).update(remember_days=30)
    scene.tenant.refresh_from_db()
    return scene


def remember(mia: Scene) -> Browser:
    """Sign in with the mailed code, and have the browser remembered."""
    browser = mia.sign_in()
    assert "Do not ask again in this browser for 30 days" in browser.text
    browser.submit(code=mia.mailed(), remember="on")
    assert "code" in browser.answer()
    return browser


def come_back(mia: Scene, browser: Browser, **parameters: str) -> Browser:
    """Sign in once more, in the same browser."""
    browser.nonce = uuid.uuid4().hex
    browser.sign_in(mia.person.email, PASSWORD, organization=mia.tenant.slug, prompt="login", **parameters)
    return browser


def ask(mia: Scene, browser: Browser, **parameters: str | None) -> Browser:
    """Come from the application once more."""
    browser.nonce = uuid.uuid4().hex
    browser.authorize(organization=mia.tenant.slug, **parameters)
    return browser


def newest() -> BrowserSession:
    return BrowserSession.objects.latest("auth_time")


def test_the_password_is_enough_where_a_browser_is_remembered(mia: Scene) -> None:
    browser = remember(mia)
    assert newest().amr == ["pwd", "email", "mfa"]
    row = RememberedBrowser.objects.get()
    assert json.loads(row.secrets)["password"].encode() not in bytes(row.secrets_encrypted)
    assert AuditEvent.objects.get(action="user.browser_remembered").after["days"] == 30
    come_back(mia, browser)
    assert "code" in browser.answer()
    # Nobody is told of a factor that was not shown.
    assert (newest().amr, newest().acr) == (["pwd", "remembered"], "urn:lifeguard:acr:password")
    assert AuthEvent.objects.latest("created_at").amr == ["pwd", "remembered"]
    assert ASKED in mia.sign_in().text
    # The session that began so answers the next application.
    assert "code" in ask(mia, browser).answer()


@in_one_pool
def test_without_the_box_nothing_is_remembered(mia: Scene, cognito: LocalCognito) -> None:
    browser = mia.sign_in()
    browser.submit(code=mia.mailed())
    assert "code" in browser.answer()
    assert not {"ConfirmDevice", "UpdateDeviceStatus"} & set(cognito.operations())
    assert ASKED in come_back(mia, browser).text


@in_one_pool
def test_where_no_browser_is_remembered_there_is_no_box(mia: Scene, cognito: LocalCognito) -> None:
    SignInPolicy.objects.filter(tenant=mia.tenant).update(remember_days=0)
    browser = mia.sign_in()
    assert "Do not ask again" not in browser.text
    browser.submit(code=mia.mailed(), remember="on")
    assert "code" in browser.answer()
    assert "ConfirmDevice" not in cognito.operations()
    assert not RememberedBrowser.objects.exists()


def test_who_asks_for_two_factors_gets_two(mia: Scene) -> None:
    browser = remember(mia)
    come_back(mia, browser)
    # Of the session, and of whoever signs in anew.
    for prompt in (None, "login"):
        ask(mia, browser, acr_values=MULTI_FACTOR, prompt=prompt)
        assert "code" not in browser.page.get("Location", "")
        browser.submit(email=mia.person.email, password=PASSWORD)
        assert ASKED in browser.text
    browser.submit(code=mia.mailed(count=3))
    assert "code" in browser.answer()
    assert newest().acr == MULTI_FACTOR
    assert "code" in come_back(mia, browser).answer(), "it is remembered yet"


@in_one_pool
def test_the_account_is_changed_by_both_factors_alone(mia: Scene) -> None:
    browser = remember(mia)
    come_back(mia, browser)
    where = f"/{mia.tenant.slug}/account"
    assert browser.get(where).status_code == 200
    browser.get(f"{where}/factors")
    assert "/sign-in" in browser.address, "the session is fresh, and is not enough"
    browser.submit(email=mia.person.email, password=PASSWORD)
    assert ASKED in browser.text
    browser.submit(code=mia.mailed(count=2))
    browser.get(browser.page["Location"].removeprefix(settings.SIGNIN_URL))
    assert browser.address == f"{where}/factors"


def by_the_policy(mia: Scene) -> None:
    RememberedBrowser.objects.update(remembered_at=timezone.now() - timedelta(days=8))
    SignInPolicy.objects.filter(tenant=mia.tenant).update(remember_days=7)


def by_time(mia: Scene) -> None:
    RememberedBrowser.objects.update(until=timezone.now())


def by_the_operator(mia: Scene) -> None:
    set_on(mia.tenant, remembers_devices=False)


def by_ending_all_other_sessions(mia: Scene) -> None:
    end_other_sessions(newest(), visitor=ANONYMOUS)


def by_a_sign_out_everywhere(mia: Scene) -> None:
    with transaction.atomic():
        end_user_sessions(mia.person)


def by_forgetting_the_browser(mia: Scene) -> None:
    KnownDevice.objects.filter(user=mia.person).update(forgotten_at=timezone.now())


@in_one_pool
@pytest.mark.parametrize(
    "taken_back",
    [
        by_the_policy,
        by_time,
        by_the_operator,
        by_ending_all_other_sessions,
        by_a_sign_out_everywhere,
        by_forgetting_the_browser,
    ],
    ids=lambda way: way.__name__,
)
def test_what_is_taken_back_is_asked_for_at_once_and_cognito_forgets(
    mia: Scene, cognito: LocalCognito, taken_back: Callable[[Scene], None]
) -> None:
    browser = remember(mia)
    tasks.give_browsers_up()
    assert unused(9) == []
    taken_back(mia)
    assert ASKED in come_back(mia, browser).text
    tasks.give_browsers_up()
    (row_id,) = unused(9)
    cognito.fault("AdminForgetDevice", "throttle", times=9)
    with pytest.raises(auth.AuthUnavailable):
        tasks.forget_browser(str(row_id))
    assert unused(9) == [row_id], "asked again with the next tick"
    cognito.clear_faults()
    tasks.forget_browser(str(row_id))
    tasks.forget_browser(str(row_id))
    assert not RememberedBrowser.objects.exists()
    assert cognito.applied("AdminForgetDevice") == 1


def fewer_days_for_a_moment(mia: Scene) -> None:
    for days in (0, 30):
        update_policy(mia.tenant, PolicyChange(remember_days=days), actor=ACTOR)


def off_for_a_moment(mia: Scene) -> None:
    for is_on in (False, True):
        set_on(mia.tenant, remembers_devices=is_on)
        reconcile(mia.tenant)


@in_one_pool
@pytest.mark.parametrize("changed", [fewer_days_for_a_moment, off_for_a_moment], ids=lambda way: way.__name__)
def test_what_was_taken_back_does_not_come_back(mia: Scene, changed: Callable[[Scene], None]) -> None:
    """Not even where nobody looked in between."""
    browser = remember(mia)
    changed(mia)
    assert ASKED in come_back(mia, browser).text
    # And is remembered anew by who shows the factor again.
    browser.submit(code=mia.mailed(count=2), remember="on")
    assert "code" in come_back(mia, browser).answer()


@in_one_pool
def test_fewer_days_leave_those_in_that_are_newer(mia: Scene) -> None:
    browser = remember(mia)
    for days in (7, 30):
        update_policy(mia.tenant, PolicyChange(remember_days=days), actor=ACTOR)
    assert "code" in come_back(mia, browser).answer()


@in_one_pool
def test_a_pool_that_remembers_none_any_more_is_in_nobodys_way(mia: Scene, cognito: LocalCognito) -> None:
    """Cognito refuses to forget a device where it tracks none."""
    remember(mia)
    set_on(mia.tenant, remembers_devices=False)
    reconcile(mia.tenant)
    tasks.give_browsers_up()
    (row_id,) = unused(9)
    tasks.forget_browser(str(row_id))
    assert cognito.applied("AdminForgetDevice") == 0
    assert not RememberedBrowser.objects.exists()


@in_one_pool
def test_it_stands_for_a_factor_that_counts(mia: Scene) -> None:
    """Not for one that the tenant gave up since, nor for one that its owner has no more."""
    browser = remember(mia)
    page = f"/{mia.tenant.slug}/account/devices"
    assert "No second factor is asked for here" in browser.get(page).content.decode()
    SignInPolicy.objects.filter(tenant=mia.tenant).update(second_factors=["totp"])
    assert "No second factor is asked for here" not in browser.get(page).content.decode()
    assert ASKED in come_back(mia, browser).text, "Cognito asks, and it does not count"
    SignInPolicy.objects.filter(tenant=mia.tenant).update(second_factors=["totp", "email"])
    RememberedBrowser.objects.update(factor=SecondFactor.TOTP)
    assert ASKED in come_back(mia, browser).text


@in_one_pool
def test_applications_that_change_factors_get_all_of_them(mia: Scene) -> None:
    """The dashboard and the account page, by a sign-in and by the session of another application."""
    browser = remember(mia)
    come_back(mia, browser)
    assert "code" in ask(mia, browser).answer()
    Application.objects.filter(pk=mia.application.pk).update(is_builtin=True)
    ask(mia, browser).submit(email=mia.person.email, password=PASSWORD)
    assert ASKED in browser.text
    assert "Do not ask again" not in browser.text, "it would be in vain"
    assert ASKED in come_back(mia, browser).text


@in_one_pool
def test_a_reset_of_factors_takes_it_back(mia: Scene) -> None:
    """Whoever had them may have had the browser."""
    remember(mia)
    reset_user_mfa(mia.tenant, mia.person.pk, actor=ACTOR)
    tasks.give_browsers_up()
    assert unused(9) == [RememberedBrowser.objects.get().pk]


def test_a_device_that_cognito_forgot_counts_as_none(mia: Scene) -> None:
    browser = remember(mia)
    before = RememberedBrowser.objects.get()
    users.forget_device(pool_ref(mia.tenant.pool), mia.person.username, before.device_key, priority=Priority.BULK)
    assert ASKED in come_back(mia, browser).text
    assert unused(9) == [before.pk]
    # And is remembered anew, as another.
    browser.submit(code=mia.mailed(count=2), remember="on")
    assert "code" in browser.answer()
    assert RememberedBrowser.objects.latest("remembered_at").device_key != before.device_key
    assert "code" in come_back(mia, browser).answer()


@in_one_pool
def test_a_device_that_cannot_prove_itself_counts_as_none(mia: Scene) -> None:
    browser = remember(mia)
    row = RememberedBrowser.objects.get()
    row.seal_secrets(json.dumps({**json.loads(row.secrets), "password": "another"}))
    row.save()
    assert ASKED in come_back(mia, browser).text
    browser.submit(code=mia.mailed(count=2))
    assert "code" in browser.answer()
    assert unused(9) == [row.pk]


@in_one_pool
def test_who_is_in_stays_in_where_cognito_remembers_nothing(mia: Scene, cognito: LocalCognito) -> None:
    cognito.fault("ConfirmDevice", "access_denied")
    browser = mia.sign_in()
    browser.submit(code=mia.mailed(), remember="on")
    assert "code" in browser.answer()
    assert not RememberedBrowser.objects.exists()
    assert ASKED in come_back(mia, browser).text


def test_the_cookie_is_nothing_to_somebody_else(mia: Scene, make_user: MakeUser, make_tenant: MakeTenant) -> None:
    """Neither to a colleague with codes of their own, nor at another tenant, of the same pool where it is shared."""
    browser = remember(mia)
    cookie = f"lifeguard_device_{mia.tenant.key}"
    token = browser.client.cookies[cookie].value
    beside = mia.tenant if mia.tenant.pool.is_shared else None
    other = make_tenant("globex", mia.tenant.pool.kind, beside=beside)
    SignInPolicy.objects.filter(tenant=other).update(mfa=MfaPolicy.REQUIRED, remember_days=30)
    set_on(other, remembers_devices=True)
    namesake = make_user(other, mia.person.email)
    assert remembered_device(mia.tenant, token, mia.person.email) is not None
    assert remembered_device(other, token, mia.person.email) is None
    assert own_factor_spared(namesake, token) is None
    colleague = make_user(mia.tenant, f"lea.{mia.person.email}")
    assert remembered_device(mia.tenant, token, colleague.email) is None
    assert own_factor_spared(colleague, token) is None


@in_one_pool
def test_what_was_put_into_a_browser_is_good_no_longer(mia: Scene, make_user: MakeUser) -> None:
    """Who has planted a cookie of theirs there does not share what its owner has remembered under it."""
    eve = make_user(mia.tenant, f"eve.{mia.person.email}")
    with transaction.atomic():
        planted = recognise(eve, "", visitor=ANONYMOUS).token
    browser = mia.sign_in()
    browser.client.cookies[f"lifeguard_device_{mia.tenant.key}"] = planted
    browser.submit(code=mia.mailed(), remember="on")
    assert "code" in browser.answer()
    assert remembered_device(mia.tenant, planted, mia.person.email) is None
    assert "code" in come_back(mia, browser).answer()


@in_one_pool
def test_it_is_listed_on_the_account_page_and_ends_with_the_browser(mia: Scene) -> None:
    browser = remember(mia)
    where = f"/{mia.tenant.slug}/account/devices"
    text = browser.get(where).content.decode()
    assert "No second factor is asked for here until" in text
    csrf = browser.hidden()["csrfmiddlewaretoken"]
    (found,) = re.findall(r'name="browser" value="([^"]+)"', text)
    browser.client.post(f"{where}/forget", {"csrfmiddlewaretoken": csrf, "browser": found})
    assert "No second factor is asked for here" not in browser.get(where).content.decode()
    assert ASKED in come_back(mia, browser).text


@in_one_pool
def test_a_session_ends_with_the_policy_that_began_it(mia: Scene) -> None:
    """Where nothing is remembered any more, the session of a remembered browser is less than the policy asks."""
    browser = remember(mia)
    come_back(mia, browser)
    SignInPolicy.objects.filter(tenant=mia.tenant).update(remember_days=0)
    ask(mia, browser).submit(email=mia.person.email, password=PASSWORD)
    assert ASKED in browser.text
