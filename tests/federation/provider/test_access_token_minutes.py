"""How long access tokens live is each application's, as the operator chose."""

import re
from typing import Any

import jwt
import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from identity.models import DirectoryUser
from tenants.models import Application, ApplicationRole, AuditEvent, Tenant
from tests.factories import OperatorFactory
from tests.federation.browser import SECRET, Browser, json_of
from tests.federation.device import Device, enter

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls.signin")]

DASHBOARD = pytest.mark.urls("config.urls.dashboard")


def choose(application: Application, minutes: int) -> None:
    """Have the operator change nothing else."""
    Application.objects.filter(pk=application.pk).update(access_token_minutes=minutes)


def lifetimes(tokens: dict[str, Any]) -> tuple[int, int, int]:
    """Seconds: as the answer says, as the access token says, and those of the ID token."""
    access, identity = (
        jwt.decode(tokens[name], options={"verify_signature": False}) for name in ("access_token", "id_token")
    )
    return tokens["expires_in"], access["exp"] - access["iat"], identity["exp"] - identity["iat"]


def edit(client: Client, application: Application, minutes: str) -> Any:
    """Send the form of an application's settings."""
    form = {
        "name": application.name,
        "redirect_uris": application.redirect_uris[0],
        "audience": application.audience,
        "require_nonce": "on",
        "access_token_minutes": minutes,
    }
    return client.post(reverse("fleet:application-edit", args=[application.pk]), form)


def test_a_token_lives_as_long_as_was_chosen_from_the_next_one_on(browser: Browser, assigned: Application) -> None:
    """ID tokens keep their ten minutes."""
    choose(assigned, 3)
    tokens = browser.tokens_from_session()
    assert lifetimes(tokens) == (180, 180, 600)
    choose(assigned, 60)
    refreshed = json_of(browser.refresh(tokens["refresh_token"]))
    assert lifetimes(refreshed) == (3600, 3600, 600)
    # What is out stays as it was issued, and introspection goes by that.
    for token, seconds in ((tokens["access_token"], 180), (refreshed["access_token"], 3600)):
        sent = {"token": token, "client_id": assigned.client_id, "client_secret": SECRET}
        told = Client().post("/oauth2/introspect", sent).json()
        assert (told["active"], told["exp"] - told["iat"]) == (True, seconds)


def test_a_device_gets_tokens_that_live_as_long(browser: Browser, assigned: Application) -> None:
    Application.objects.filter(pk=assigned.pk).update(device_flow=True)
    choose(assigned, 2)
    device = Device(assigned, secret=SECRET)
    device.begin(organization="acme")
    enter(browser, device.codes["user_code"])
    browser.submit(grant="1")
    # The device's code was asked for and granted before.
    choose(assigned, 4)
    assert lifetimes(json_of(device.poll())) == (240, 240, 600)


def test_the_token_endpoint_asks_no_more_for_it(
    browser: Browser, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """The application is there already."""
    tokens = browser.tokens_from_session()
    with django_assert_num_queries(11):
        browser.refresh(tokens["refresh_token"])


def shown_lifetime(client: Client, application: Application) -> str:
    """What the application's page says."""
    page = client.get(reverse("fleet:application", args=[application.pk])).content.decode()
    found = re.search(r"<dt>Access tokens live for</dt>\s*<dd\s*>\s*([^<]+?)\s*</dd>", page)
    assert found is not None
    return found[1]


@DASHBOARD
def test_operators_choose_one_to_sixty_minutes(assigned: Application, client: Client) -> None:
    client.force_login(OperatorFactory.create())
    form = reverse("fleet:application-edit", args=[assigned.pk])
    for wrong in ("", "0", "61", "2.5", "-1"):
        answer = edit(client, assigned, wrong)
        assert answer.status_code == 422
        assert "access_token_minutes" in answer.context["form"].errors
    assert shown_lifetime(client, assigned) == "10 minutes"
    for right, shown in (("60", "60 minutes"), ("1", "1 minute")):
        assert edit(client, assigned, right).status_code == 302
        assert shown_lifetime(client, assigned) == shown
        assert f'value="{right}"' in client.get(form).content.decode()
    events = AuditEvent.objects.filter(action="application.updated").order_by("sequence")
    assert [event.after["access_token_minutes"] for event in events] == [60, 1]


@DASHBOARD
def test_pages_that_take_something_away_say_how_long_tokens_go_on(
    assigned: Application, acme: Tenant, client: Client
) -> None:
    client.force_login(OperatorFactory.create())
    role = ApplicationRole.objects.create(application=assigned, name="editor", everybody=True)
    suspend = reverse("fleet:tenant-suspend", args=[acme.pk])
    remove = reverse("fleet:application-role-remove", args=[assigned.pk, role.pk])
    for minutes, words in ((7, "7 minutes"), (1, "1 minute")):
        choose(assigned, minutes)
        assert f"{words} at most." in client.get(suspend).content.decode()
        assert f"within {words}." in client.get(remove).content.decode()


def test_people_read_for_how_long_on_their_account_page(
    browser: Browser, assigned: Application, ann: DirectoryUser
) -> None:
    for minutes, words in ((25, "25 minutes"), (1, "1 minute")):
        choose(assigned, minutes)
        assert f"after {words} at the latest." in browser.get("/acme/account/devices").content.decode()
