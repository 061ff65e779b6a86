"""The device flow (RFC 8628): two codes, a page that names the application, asking until it is granted, once."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jwt
import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from federation.models import AuthEvent, AuthorizationRequest, BrowserSession, DeviceGrant, TokenFamily
from federation.selectors.browser_sessions import open_sessions
from identity.models import DirectoryUser, UserStatus
from tenants.models import Application, AuditEvent, Tenant, TenantApplication
from tests.factories import ApplicationFactory, DirectoryUserFactory, TenantFactory
from tests.federation.browser import Browser, json_of
from tests.federation.device import Device, enter

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls.signin")]


def grant(person: Browser, device: Device, **asked: str) -> None:
    """Begin on the device, and grant it in the browser."""
    device.begin(organization="acme", **asked)
    enter(person, device.codes["user_code"])
    person.submit(grant="1")
    assert "The device is signed in" in person.text


def test_a_device_gets_two_codes_and_an_address(device: Device) -> None:
    codes = device.begin()
    assert re.fullmatch(r"[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}", codes["user_code"])
    assert codes["verification_uri_complete"] == f"{codes['verification_uri']}?user_code={codes['user_code']}"
    assert (codes["expires_in"], codes["interval"]) == (600, 5)
    kept = DeviceGrant.objects.get()
    assert codes["device_code"] not in kept.device_code_hash
    assert codes["user_code"] not in kept.user_code_hash


def test_it_is_signed_in_once_somebody_says_so(device: Device, person: Browser, ann: DirectoryUser) -> None:
    device.begin(organization="acme")
    assert device.error() == "authorization_pending"
    enter(person, device.codes["user_code"].lower().replace("-", " "))
    for shown in ("Harbor CLI", device.codes["user_code"], "ann@acme.example"):
        assert shown in person.text
    device.has_waited()
    assert device.error() == "authorization_pending"
    person.submit(grant="1")
    tokens = json_of(device.poll())
    claims = jwt.decode(tokens["id_token"], options={"verify_signature": False})
    assert (claims["sub"], claims["aud"], claims["email"]) == (str(ann.pk), device.application.client_id, ann.email)
    assert "nonce" not in claims
    event = AuditEvent.objects.get(action="session.device_connected")
    assert event.after == {"application": "Harbor CLI"}
    refreshed = Browser(device.application).refresh(tokens["refresh_token"], client_secret=None)
    assert refreshed.status_code == 200


def test_it_goes_on_when_the_browser_signs_out_and_ends_by_itself(device: Device, person: Browser) -> None:
    grant(person, device)
    tokens = json_of(device.poll())
    held, own = BrowserSession.objects.order_by("program")
    BrowserSession.objects.filter(pk=held.pk).update(ended_at=timezone.now())
    tokens = json_of(Browser(device.application).refresh(tokens["refresh_token"], client_secret=None))
    assert [str(session.device) for session in open_sessions(own.user)] == ["Harbor CLI"]
    BrowserSession.objects.filter(pk=own.pk).update(ended_at=timezone.now())
    assert Browser(device.application).refresh(tokens["refresh_token"], client_secret=None).status_code == 400


def test_refused_is_told(device: Device, person: Browser) -> None:
    device.begin(organization="acme")
    enter(person, device.codes["user_code"])
    person.submit(refuse="1")
    assert "refused" in person.text
    assert device.error() == "access_denied"
    assert AuditEvent.objects.filter(action="session.device_refused").exists()
    assert not TokenFamily.objects.exists()


def test_who_asks_too_often_has_to_wait_longer(device: Device) -> None:
    device.begin()
    assert device.error() == "authorization_pending"
    assert [device.error(), device.error()] == ["slow_down", "slow_down"]
    assert DeviceGrant.objects.get().interval == 15
    device.has_waited()
    assert device.error() == "authorization_pending"


def test_codes_are_over_after_ten_minutes(device: Device, person: Browser) -> None:
    device.begin(organization="acme")
    DeviceGrant.objects.update(expires_at=timezone.now())
    assert device.error() == "expired_token"
    enter(person, device.codes["user_code"])
    assert "No device waits with this code" in person.text


def test_a_device_code_used_twice_ends_what_it_began(device: Device, person: Browser) -> None:
    grant(person, device)
    tokens = json_of(device.poll())
    assert device.error() == "invalid_grant"
    assert Browser(device.application).refresh(tokens["refresh_token"], client_secret=None).status_code == 400


@pytest.mark.django_db(transaction=True)
def test_of_several_that_ask_at_once_one_gets_tokens_at_most(device: Device, person: Browser) -> None:
    grant(person, device)

    def ask(_: int) -> Any:
        try:
            return device.poll()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, range(4)))
    assert sum(answer.status_code == 200 for answer in answers) <= 1
    assert TokenFamily.objects.get().revoked_at is not None


def test_a_code_is_its_own_clients(device: Device, person: Browser, acme: Tenant) -> None:
    grant(person, device)
    other = ApplicationFactory.create(is_public=True, secret_hash="", device_flow=True)
    assert device.error(client_id=other.client_id) == device.error(device_code="unknown") == "invalid_grant"
    assert device.poll().status_code == 200


def test_only_where_it_is_switched_on(device: Device, assigned: Application) -> None:
    Application.objects.filter(pk=device.application.pk).update(device_flow=False)
    assert json_of(device.asked_to_begin())["error"] == "unauthorized_client"
    # A confidential one has to prove who it is, here as well.
    Application.objects.filter(pk=assigned.pk).update(device_flow=True)
    assert Device(assigned).asked_to_begin().status_code == 401
    assert not DeviceGrant.objects.exists()


def test_a_user_who_was_disabled_meanwhile_gets_nothing(device: Device, person: Browser) -> None:
    grant(person, device)
    DirectoryUser.objects.update(status=UserStatus.DISABLED)
    assert device.error() == "invalid_grant"


def test_a_tenant_without_the_application_cannot_grant_it(device: Device, person: Browser) -> None:
    device.begin(organization="acme")
    enter(person, device.codes["user_code"])
    TenantApplication.objects.all().delete()
    person.submit(grant="1")
    assert person.page.status_code == 404
    assert device.error() == "authorization_pending"


@pytest.mark.parametrize("slug", ["globex", "nobody"])
def test_an_organization_that_may_not_or_is_not_is_one_answer(slug: str, device: Device, person: Browser) -> None:
    TenantFactory.create(slug="globex")
    device.begin(organization=slug)
    enter(person, device.codes["user_code"])
    assert person.page.status_code == 404


def test_without_an_organization_the_person_finds_theirs(device: Device, cli: Application) -> None:
    device.begin()
    nobody = Browser(cli)
    enter(nobody, device.codes["user_code"])
    assert nobody.address.startswith("/sign-in?request=")
    assert AuthorizationRequest.objects.get().tenant is None


def test_without_an_organization_a_session_says_it(device: Device, person: Browser, cli: Application) -> None:
    """The only one, or that of several which is chosen; each is asked before the device has it."""
    device.begin()
    enter(person, device.codes["user_code"])
    assert person.address == "/device/confirm?organization=acme"
    assert "ann@acme.example" in person.text
    globex = TenantFactory.create(slug="globex")
    TenantApplication.objects.create(tenant=globex, application=cli)
    person.hold_session(DirectoryUserFactory.create(tenant=globex, email="ann@globex.example"))
    enter(person, device.codes["user_code"])
    assert "Choose an account" in person.text
    assert "A program on this computer" not in person.text
    person.submit_to(f"/globex/sign-in/confirm?{person.address.partition('?')[2]}")
    assert person.address == "/device/confirm?organization=globex"
    assert "ann@globex.example" in person.text
    assert not AuthEvent.objects.exists()


def test_without_openid_there_is_no_id_token_and_no_userinfo(device: Device, person: Browser) -> None:
    grant(person, device, scope="profile")
    tokens = json_of(device.poll())
    assert "id_token" not in tokens
    answer = Client().get("/oauth2/userinfo", headers={"Authorization": f"Bearer {tokens['access_token']}"})
    assert (answer.status_code, "insufficient_scope" in answer["WWW-Authenticate"]) == (403, True)


def test_a_device_that_means_somebody_else_has_them_asked(device: Device, person: Browser) -> None:
    """Who is signed in does not answer in their place. It is a hint: whoever then is signed in may go on."""
    device.begin(organization="acme", login_hint="bob@acme.example")
    enter(person, device.codes["user_code"])
    assert person.address.startswith("/acme/sign-in?request=")
    person.get("/device/confirm?organization=acme")
    assert device.codes["user_code"] in person.text
