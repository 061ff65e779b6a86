"""The address at which an application is told of sign-outs: what is registered, and what operators see of it."""

import uuid
from ipaddress import ip_network
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from federation.models import LogoutNotice
from tenants.models import Application, Tenant
from tests.factories import OperatorFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls.signin")]


@pytest.mark.urls("config.urls.dashboard")
@pytest.mark.parametrize("uri", ["ftp://app.example/", "http://app.example/", "https://app.example/#x", "app.example"])
def test_only_an_address_that_can_be_told_is_registered(assigned: Application, uri: str, client: Client) -> None:
    client.force_login(OperatorFactory.create())
    form = {
        "name": assigned.name,
        "redirect_uris": assigned.redirect_uris[0],
        "audience": assigned.audience,
        "access_token_minutes": "10",
        "backchannel_logout_uri": uri,
    }
    address = f"/fleet/applications/{assigned.pk}/edit/"
    assert client.post(address, form).status_code == 422
    assert client.post(address, {**form, "backchannel_logout_uri": "https://app.example/ended"}).status_code == 302
    assert "https://app.example/ended" in client.get(f"/fleet/applications/{assigned.pk}/").content.decode()
    assigned.refresh_from_db()
    assert assigned.backchannel_logout_uri == "https://app.example/ended"


@pytest.mark.urls("config.urls.dashboard")
@pytest.mark.parametrize(
    "uri", ["https://app.example:8443/ended", "http://localhost/ended", "https://localhost/ended", "https://[::1]/"]
)
def test_an_address_that_is_never_asked_is_registered_only_where_networks_are_allowed(
    assigned: Application, uri: str, client: Client, settings: LazySettings
) -> None:
    client.force_login(OperatorFactory.create())
    form = {
        "name": assigned.name,
        "redirect_uris": assigned.redirect_uris[0],
        "audience": assigned.audience,
        "access_token_minutes": "10",
        "backchannel_logout_uri": uri,
    }
    address = f"/fleet/applications/{assigned.pk}/edit/"
    settings.FETCH_ALLOWED_NETWORKS = ()
    answer = client.post(address, form)
    assert answer.status_code == 422
    assert "at port 443 alone" in answer.content.decode()
    assert client.post(address, {**form, "backchannel_logout_uri": "https://app.example:443/"}).status_code == 302
    settings.FETCH_ALLOWED_NETWORKS = (ip_network("127.0.0.1/32"),)
    assert client.post(address, form).status_code == 302


@pytest.mark.urls("config.urls.dashboard")
def test_operators_see_what_an_application_does_not_take(assigned: Application, acme: Tenant, client: Client) -> None:
    client.force_login(OperatorFactory.create())
    page = f"/fleet/applications/{assigned.pk}/"
    Application.objects.filter(pk=assigned.pk).update(backchannel_logout_uri="https://app.example/ended")
    now = timezone.now()

    def notice(**values: Any) -> None:
        LogoutNotice.objects.create(
            tenant=acme, application=assigned, sid=uuid.uuid4(), subject=uuid.uuid4(), owed_at=now, **values
        )

    notice(told_at=now)
    notice(next_attempt_at=now)
    assert "Last told" in client.get(page).content.decode()
    assert "not taken" not in client.get(page).content.decode()
    notice(next_attempt_at=now, last_error="status 503")
    notice(last_error="connect_failed")
    text = client.get(page).content.decode()
    assert "1 sign-out was not taken yet and is tried again." in text
    assert "1 sign-out of the last seven days was never taken." in text
