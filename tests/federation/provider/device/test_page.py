"""The pages of the device flow (RFC 8628 section 3.3): granted by whoever was shown what for; no code is guessed."""

import pytest
from django.utils import timezone
from prometheus_client import REGISTRY

from federation.models import AuthEvent, BrowserSession, DeviceGrant
from identity.models import DirectoryUser
from tenants.models import Application, TenantApplication
from tests.factories import DirectoryUserFactory, TenantFactory
from tests.federation.browser import Browser
from tests.federation.device import Device, enter

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls.signin")]


def test_a_code_in_the_address_is_filled_in_and_not_taken(device: Device, person: Browser) -> None:
    codes = device.begin(organization="acme")
    person.get(codes["verification_uri_complete"].removeprefix("http://").partition("/")[2].join(["/", ""]))
    assert f'value="{codes["user_code"]}"' in person.text
    assert "Harbor CLI" not in person.text
    assert DeviceGrant.objects.get().decision == "waiting"


def test_nothing_is_asked_of_who_typed_no_code(device: Device, person: Browser) -> None:
    device.begin(organization="acme")
    for method in (person.client.get, person.client.post):
        assert method("/device/confirm?organization=acme").status_code in {403, 404}
    assert device.error() == "authorization_pending"


def test_nobody_else_is_asked_than_who_is_signed_in(device: Device, person: Browser) -> None:
    device.begin(organization="acme")
    enter(person, device.codes["user_code"])
    BrowserSession.objects.update(ended_at=timezone.now())
    person.submit(grant="1")
    assert person.page.status_code == 404
    assert device.error() == "authorization_pending"


def test_nobody_grants_it_for_another_organization_than_it_asked_for(
    cli: Application, device: Device, person: Browser
) -> None:
    other: DirectoryUser = DirectoryUserFactory.create(tenant=TenantFactory.create(slug="globex"))
    TenantApplication.objects.create(tenant=other.tenant, application=cli)
    person.hold_session(other)
    device.begin(organization="acme")
    enter(person, device.codes["user_code"])
    # A NUL is nobody's, and PostgreSQL has none.
    for slug in ("globex", "%00"):
        assert person.client.get(f"/device/confirm?organization={slug}").status_code == 404


def test_an_answer_is_to_the_device_that_the_page_showed(device: Device, person: Browser) -> None:
    device.begin(organization="acme")
    enter(person, device.codes["user_code"])
    form, address = person.hidden(), person.address
    later = Device(device.application)
    later.begin(organization="acme")
    enter(person, later.codes["user_code"])
    assert person.client.post(address, {**form, "grant": "1"}).status_code == 404
    assert device.error() == later.error() == "authorization_pending"


def test_an_answer_counts_once(device: Device, person: Browser) -> None:
    device.begin(organization="acme")
    enter(person, device.codes["user_code"])
    form, address = person.hidden(), person.address
    assert person.client.post(address, {**form, "refuse": "1"}).status_code == 200
    assert person.client.post(address, {**form, "grant": "1"}).status_code == 404
    assert device.error() == "access_denied"
    assert kept() == [("device", "failed", "declined")]


def test_who_let_a_device_in_is_in_the_log_of_sign_ins(device: Device, person: Browser) -> None:
    device.begin(organization="acme")
    enter(person, device.codes["user_code"])
    assert not AuthEvent.objects.exists()
    person.submit(grant="1")
    assert kept() == [("device", "succeeded", "")]


def kept() -> list[tuple[str, str, str]]:
    """Ann's attempts for the command line: way, outcome and reason."""
    rows = AuthEvent.objects.filter(tenant__slug="acme", user__email="ann@acme.example", application__name="Harbor CLI")
    return list(rows.order_by("pk").values_list("way", "outcome", "reason"))


def test_a_form_of_another_site_grants_nothing(device: Device, person: Browser) -> None:
    device.begin(organization="acme")
    enter(person, device.codes["user_code"])
    assert person.client.post(person.address, {"grant": "1"}).status_code == 403
    assert device.error() == "authorization_pending"


def typed(result: str) -> float:
    return REGISTRY.get_sample_value("lifeguard_device_codes_typed_total", {"result": result}) or 0


@pytest.mark.usefixtures("long_waits")
def test_who_guesses_codes_has_to_wait(device: Device, person: Browser) -> None:
    codes = device.begin(organization="acme")
    before = {result: typed(result) for result in ("found", "unknown", "limited")}
    person.get("/device")
    for _ in range(25):
        if person.submit(user_code="BBBB-BBBB").status_code == 429:
            break
    assert person.page.status_code == 429
    assert int(person.page["Retry-After"]) > 0
    # Also with the right one, from there.
    person.submit(user_code=codes["user_code"])
    assert person.page.status_code == 429
    # No tenant's log has them, and operators do.
    assert typed("unknown") > before["unknown"]
    assert (typed("limited"), typed("found")) == (before["limited"] + 2, before["found"])
    assert not AuthEvent.objects.exists()
