"""Trying many passwords, or one password with many people."""

import secrets
from contextlib import AbstractContextManager
from ipaddress import ip_network

import pytest
from django.conf import settings
from django.test import override_settings

from federation.models import AuthEvent, AuthOutcome, Counter
from federation.services import counters
from federation.services.attempt_limits import (
    DEVICE_CODE,
    MAIL,
    PASSWORD,
    RESET,
    ROW,
    Caller,
    Guard,
    Limit,
    LimitReached,
    spend,
    tried,
)
from federation.services.counters import count_down, count_up
from federation.services.waits import end_row, end_wait
from identity.models import AppClient
from tenants.models import Tenant, UserPool
from tenants.pause import Pause
from tests.factories import ApplicationFactory
from tests.federation.browser import Browser
from tests.federation.device import Device

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("config.urls.signin"),
    pytest.mark.usefixtures("one_window"),
]


class WrongPassword(Exception):
    """A try that failed."""


class CognitoAway(Exception):
    """A try that nobody judged."""


def attempt(tenant: Tenant, email: str, caller: Caller) -> AbstractContextManager[None]:
    return tried(PASSWORD, tenant, email, caller, not_theirs=CognitoAway)


def fail(tenant: Tenant, email: str, caller: Caller) -> None:
    with pytest.raises(WrongPassword), attempt(tenant, email, caller):
        raise WrongPassword


def fail_in_a_row(tenant: Tenant, email: str, caller: Caller, times: int) -> None:
    """Fail, each time once the wait of the one before is over."""
    for _attempt in range(times):
        fail(tenant, email, caller)
        end_wait("password.account", f"{tenant.pk}:{email}:{caller.device}")


def refusal(tenant: Tenant, email: str, caller: Caller) -> LimitReached:
    with pytest.raises(LimitReached) as refused, attempt(tenant, email, caller):
        pytest.fail("it should not have been tried")
    return refused.value


def address(network: int, host: int) -> str:
    return str(ip_network((network << 64, 64))[host])


@pytest.fixture
def network() -> int:
    """The first 64 bits of an IPv6 network that no other test has, nor those that are behind it."""
    return 0x20010DB8 << 32 | secrets.randbits(24) << 8


def test_each_failure_brings_a_longer_wait(acme: Tenant, network: int) -> None:
    """From wherever they come. Who comes too early is told how long it takes, and has lost nothing by it."""
    for number in range(ROW.free):
        fail(acme, "victim@acme.example", Caller(address(network + number, 1)))
    waits = []
    for number in range(ROW.free, ROW.most):
        caller = Caller(address(network + number, 1))
        fail(acme, "victim@acme.example", caller)
        told = [refusal(acme, "victim@acme.example", caller) for _impatience in range(3)]
        assert [error.first for error in told] == [True, False, False]
        waits.append(told[0].retry_after)
        end_row("password.account.told", f"{acme.pk}:victim@acme.example:")
        end_wait("password.account", f"{acme.pk}:victim@acme.example:")
    assert waits == [2, 4, 8, 16, 32, ROW.quiet_seconds]


def test_of_several_at_once_one_is_tried(acme: Tenant, network: int) -> None:
    caller = Caller(address(network, 1))
    fail_in_a_row(acme, "victim@acme.example", caller, ROW.free)
    with attempt(acme, "victim@acme.example", caller):
        assert refusal(acme, "victim@acme.example", caller).retry_after > 0


def test_guesses_keep_nobody_out_of_their_own_browser(acme: Tenant, network: int) -> None:
    """Neither those at their own account, nor those that used the tries of their network or of the whole tenant up."""
    stranger, own = Caller(address(network, 1)), Caller(address(network, 1), device="their browser")
    fail(acme, "victim@acme.example", stranger)
    fail_in_a_row(acme, "victim@acme.example", stranger, ROW.most - 1)
    fail(acme, "victim@acme.example", stranger)
    assert refusal(acme, "victim@acme.example", stranger).retry_after > 900
    with attempt(acme, "victim@acme.example", own):
        pass
    for _attempt in range(PASSWORD.tenant.most):
        count_up("password.tenant", str(acme.pk), window_seconds=PASSWORD.tenant.seconds)
    assert refusal(acme, "another@acme.example", stranger).by == "password.tenant"
    with attempt(acme, "victim@acme.example", own):
        pass
    # A stolen cookie guesses no faster than anybody else.
    fail_in_a_row(acme, "victim@acme.example", own, ROW.free)
    fail(acme, "victim@acme.example", own)
    assert refusal(acme, "victim@acme.example", own).by == "password.account"


def test_one_password_with_many_people(acme: Tenant, network: int) -> None:
    """All of an IPv6 network is one client."""
    for number in range(PASSWORD.client.most):
        fail(acme, f"person{number}@acme.example", Caller(address(network, number)))
    error = refusal(acme, "another@acme.example", Caller(address(network, 0xFFFF)))
    assert error.by == "password.client"
    assert 0 < error.retry_after <= PASSWORD.client.seconds
    fail(acme, "another@acme.example", Caller(address(network + 1, 1)))


def test_who_is_refused_for_what_others_did_is_not_counted(acme: Tenant, network: int) -> None:
    """Somebody else used the tenant's tries up: nobody's own tries are spent by looking whether it is over."""
    anna = Caller(address(network, 1))
    for _attempt in range(PASSWORD.tenant.most):
        count_up("password.tenant", str(acme.pk), window_seconds=PASSWORD.tenant.seconds)
    for _attempt in range(ROW.most + 1):
        assert refusal(acme, "anna@acme.example", anna).by == "password.tenant"
    for _attempt in range(PASSWORD.tenant.most * 2):
        count_down("password.tenant", str(acme.pk), window_seconds=PASSWORD.tenant.seconds)
    with attempt(acme, "anna@acme.example", anna):
        pass


def test_clients_of_which_nothing_is_known_are_not_one_client(acme: Tenant) -> None:
    """A proxy that says nothing usable would otherwise let anybody keep everybody out, at every tenant."""
    for number in range(PASSWORD.client.most + 1):
        fail(acme, f"person{number}@acme.example", Caller(None))
    for _attempt in range(ROW.most + 1):
        with pytest.raises(WrongPassword), tried(DEVICE_CODE, None, "", Caller(None), not_theirs=CognitoAway):
            raise WrongPassword


def test_devices_of_one_application_do_not_close_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    guard = Guard("device_request", client=Limit(100, 600), tenant=Limit(2, 600))
    monkeypatch.setattr("federation.provider.device.DEVICE_REQUEST", guard)
    flooded, other = (
        Device(ApplicationFactory.create(name=name, is_public=True, secret_hash="", device_flow=True))
        for name in ("Flooded", "Other")
    )
    assert [flooded.asked_to_begin().status_code for _number in range(3)] == [200, 200, 429]
    assert other.asked_to_begin().status_code == 200


def test_one_caller_does_not_close_the_page_for_codes_of_devices() -> None:
    assert DEVICE_CODE.tenant.most >= 1000 * DEVICE_CODE.client.most


def test_who_gets_in_is_not_counted(acme: Tenant, network: int) -> None:
    """Neither is who cannot, because Cognito does not answer."""
    anna = Caller(address(network, 1))
    for _attempt in range(PASSWORD.client.most + 1):
        with attempt(acme, "anna@acme.example", anna):
            pass
        with pytest.raises(CognitoAway), attempt(acme, "anna@acme.example", anna):
            raise CognitoAway
    # Who gets in begins anew.
    fail_in_a_row(acme, "anna@acme.example", anna, ROW.free)
    with attempt(acme, "anna@acme.example", anna):
        pass
    fail_in_a_row(acme, "anna@acme.example", anna, ROW.free)


def test_what_costs_something_is_counted_each_time(acme: Tenant, network: int) -> None:
    """For an address from wherever it is asked, but not for the browser of whoever has it."""
    assert RESET.account is not None
    for number in range(RESET.account.most):
        spend(RESET, acme, "anna@acme.example", Caller(address(network + number, 1)))
    with pytest.raises(LimitReached):
        spend(RESET, acme, "anna@acme.example", Caller(address(network + 99, 1)))
    spend(RESET, acme, "anna@acme.example", Caller(address(network, 1), device="hers"))


def test_who_asks_for_anothers_mail_from_one_place_leaves_its_owner_some(acme: Tenant, network: int) -> None:
    """Until they do so from many."""
    assert MAIL.near is not None
    assert MAIL.account is not None
    places = MAIL.account.most // MAIL.near.most
    for number in range(places):
        for _ in range(MAIL.near.most):
            spend(MAIL, acme, "anna@acme.example", Caller(address(network + number, 1)))
        with pytest.raises(LimitReached) as reached:
            spend(MAIL, acme, "anna@acme.example", Caller(address(network + number, 1)))
        assert reached.value.by == "mail.near"
    with pytest.raises(LimitReached) as reached:
        spend(MAIL, acme, "anna@acme.example", Caller(address(network + places, 1)))
    assert reached.value.by == "mail.account"


def test_the_pages_say_the_same_of_everybody(browser: Browser, acme: Tenant, network: int) -> None:
    """Whoever is not there is counted as well, and the log has one line of it. Cognito is not asked."""
    UserPool.objects.filter(pk=acme.pool_id).update(cognito_id="eu-central-1_pool")
    client_of_pool = AppClient(tenant=acme, pool=acme.pool, purpose=AppClient.SIGN_IN, client_id="c1")
    client_of_pool.seal_secret("secret")
    client_of_pool.save()
    said = []
    for email in ("ann@acme.example", "nobody@acme.example"):
        client = address(network, 1) if email.startswith("ann") else address(network + 1, 1)
        fail_in_a_row(acme, email, Caller(client), ROW.most - 1)
        fail(acme, email, Caller(client))
        browser.authorize(organization=acme.slug, prompt="login", nonce=email)
        browser.client.defaults["REMOTE_ADDR"] = client
        for _attempt in range(2):
            browser.submit(email=email, password="not the right one")
            assert browser.page.status_code == 429
            assert int(browser.page["Retry-After"]) > 0
        said.append(browser.text.replace(email, "…"))
    assert "Too many attempts. Wait 16 minutes, then try again." in said[0]
    refused = AuthEvent.objects.filter(tenant=acme)
    assert [(event.outcome, event.reason, event.detail) for event in refused] == [
        (AuthOutcome.LIMITED, "too_many", "password.account")
    ] * 2


def test_without_redis_postgresql_counts(acme: Tenant, network: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is limited is not open while Redis is away. Nobody's address is kept."""
    away = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
    # What it leaves behind is nobody else's: the next test finds Redis there.
    monkeypatch.setattr(counters, "_pause", Pause())
    with override_settings(CACHES=away):
        caller = Caller(address(network, 1))
        fail_in_a_row(acme, "victim@acme.example", caller, ROW.free + 3)
        fail(acme, "victim@acme.example", caller)
        assert refusal(acme, "victim@acme.example", caller).retry_after == ROW.wait_after(ROW.free + 4)
        with pytest.raises(CognitoAway), attempt(acme, "anna@acme.example", caller):
            raise CognitoAway
        fail_in_a_row(acme, "anna@acme.example", caller, ROW.free)
        with attempt(acme, "anna@acme.example", caller):
            pass
        count_down("password.account", "somebody else", window_seconds=60)
    assert Counter.objects.filter(key__contains=".row.password.account.", count=ROW.free + 4).count() == 1
    assert not Counter.objects.filter(key__contains="victim").exists()
