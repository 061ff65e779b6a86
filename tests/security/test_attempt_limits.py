"""Trying many passwords, or one password with many people."""

import uuid

import pytest
from django.conf import settings
from django.test import override_settings

from federation.models import Counter
from federation.services import counters
from federation.services.attempt_limits import ACCOUNT, ACCOUNT_AND_CLIENT, CLIENT, TENANT, Limit, LimitReached, counted
from federation.services.counters import count_down, count_up
from identity.models import AppClient
from tenants.models import AuditEvent, Tenant, UserPool
from tests.federation.browser import Browser

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls.signin")]


class WrongPassword(Exception):
    """A try that failed."""


class CognitoAway(Exception):
    """A try that nobody judged."""


def fail(tenant: Tenant, email: str, client_ip: str | None = "192.0.2.1") -> None:
    with pytest.raises(WrongPassword), counted(tenant, email, client_ip, not_theirs=CognitoAway):
        raise WrongPassword


def limit_of(tenant: Tenant, email: str, client_ip: str | None = "192.0.2.1") -> Limit:
    with pytest.raises(LimitReached) as refused, counted(tenant, email, client_ip, not_theirs=CognitoAway):
        pytest.fail("it should not have been tried")
    assert 0 < refused.value.retry_after <= refused.value.limit.seconds
    return refused.value.limit


def address(network: int, host: int) -> str:
    return f"2001:db8:{network:x}:1::{host:x}"


@pytest.fixture
def network() -> int:
    """An IPv6 network that no other test has."""
    return uuid.uuid4().int % 0xFFFF


def test_one_account_from_one_place(acme: Tenant, network: int) -> None:
    """All of an IPv6 network is one place; from another one, the person still gets in."""
    for attempt in range(ACCOUNT_AND_CLIENT.most):
        fail(acme, "victim@acme.example", address(network, attempt))
    assert limit_of(acme, "victim@acme.example", address(network, 0xFFFF)) == ACCOUNT_AND_CLIENT
    fail(acme, "victim@acme.example", address(network + 1, 1))


def test_one_account_from_everywhere(acme: Tenant, network: int) -> None:
    for attempt in range(ACCOUNT.most):
        fail(acme, "victim@acme.example", f"2001:db8:{network:x}:{attempt:x}::1")
    assert limit_of(acme, "victim@acme.example", f"2001:db8:{network:x}:ffff::1") == ACCOUNT


def test_one_password_with_many_people(acme: Tenant, network: int) -> None:
    for attempt in range(CLIENT.most):
        fail(acme, f"person{attempt}@acme.example", address(network, 1))
    assert limit_of(acme, "another@acme.example", address(network, 1)) == CLIENT


def test_one_password_with_many_people_from_everywhere(acme: Tenant, network: int) -> None:
    for _attempt in range(TENANT.most):
        count_up(TENANT.kind, str(acme.pk), window_seconds=TENANT.seconds)
    assert limit_of(acme, "another@acme.example", address(network, 1)) == TENANT


def test_who_is_refused_for_what_others_did_is_not_counted(acme: Tenant, network: int) -> None:
    """Somebody else used the tenant's tries up: nobody's own tries are spent by looking whether it is over."""
    for _attempt in range(TENANT.most):
        count_up(TENANT.kind, str(acme.pk), window_seconds=TENANT.seconds)
    for _attempt in range(ACCOUNT_AND_CLIENT.most + 1):
        assert limit_of(acme, "anna@acme.example", address(network, 1)) == TENANT
    for _attempt in range(TENANT.most * 2):
        count_down(TENANT.kind, str(acme.pk), window_seconds=TENANT.seconds)
    with counted(acme, "anna@acme.example", address(network, 1), not_theirs=CognitoAway):
        pass


def test_clients_of_which_nothing_is_known_are_not_one_client(acme: Tenant) -> None:
    """A proxy that says nothing usable would otherwise let anybody keep everybody out, at every tenant."""
    for attempt in range(CLIENT.most):
        fail(acme, f"person{attempt}@acme.example", None)
    fail(acme, "another@acme.example", None)
    for _attempt in range(ACCOUNT.most):
        fail(acme, "victim@acme.example", None)
    assert limit_of(acme, "victim@acme.example", None) == ACCOUNT


def test_who_gets_in_is_not_counted(acme: Tenant, network: int) -> None:
    """Neither is who cannot, because Cognito does not answer."""
    for _attempt in range(CLIENT.most + 1):
        with counted(acme, "anna@acme.example", address(network, 1), not_theirs=CognitoAway):
            pass
        with (
            pytest.raises(CognitoAway),
            counted(acme, "anna@acme.example", address(network, 1), not_theirs=CognitoAway),
        ):
            raise CognitoAway


def test_the_pages_say_the_same_of_everybody(browser: Browser, acme: Tenant, network: int) -> None:
    """Whoever is not there is counted as well, and the log has one line of it. Cognito is not asked."""
    UserPool.objects.filter(pk=acme.pool_id).update(cognito_id="eu-central-1_pool")
    client_of_pool = AppClient(tenant=acme, pool=acme.pool, purpose=AppClient.SIGN_IN, client_id="c1")
    client_of_pool.seal_secret("secret")
    client_of_pool.save()
    said = []
    for email in ("ann@acme.example", "nobody@acme.example"):
        client = address(network, 1) if email.startswith("ann") else address(network + 1, 1)
        for _attempt in range(ACCOUNT_AND_CLIENT.most):
            fail(acme, email, client)
        browser.authorize(organization=acme.slug, prompt="login", nonce=email)
        browser.client.defaults["REMOTE_ADDR"] = client
        for _attempt in range(2):
            browser.submit(email=email, password="not the right one")
            assert browser.page.status_code == 429
            assert int(browser.page["Retry-After"]) > 0
        said.append(browser.text.replace(email, "…"))
    assert "Too many failed attempts" in said[0]
    refused = AuditEvent.objects.filter(tenant=acme, action="session.refused")
    assert [event.after["reason"] for event in refused] == [
        "too many failed attempts (password.account_and_client)"
    ] * 2


def test_without_redis_postgresql_counts(acme: Tenant, network: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is limited is not open while Redis is away. Nobody's address is kept."""
    away = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
    # What it leaves behind is nobody else's: the next test finds Redis there.
    monkeypatch.setattr(counters, "_pause", counters.Pause())
    with override_settings(CACHES=away):
        for _attempt in range(ACCOUNT_AND_CLIENT.most):
            fail(acme, "victim@acme.example", address(network, 1))
        assert limit_of(acme, "victim@acme.example", address(network, 1)) == ACCOUNT_AND_CLIENT
        count_down(ACCOUNT_AND_CLIENT.kind, "somebody else", window_seconds=60)
    assert Counter.objects.filter(count=ACCOUNT_AND_CLIENT.most + 1).exists()
    assert not Counter.objects.filter(key__contains="victim").exists()
    assert Counter.objects.filter(key__contains=".account_and_client.", count=0).count() == 1
