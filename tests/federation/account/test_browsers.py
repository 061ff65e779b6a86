"""Known browsers on the account page: listed with their last use, forgotten one by one and all, and told anew then."""

import uuid
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from federation.models import KnownDevice, SecurityNotice
from federation.services.known_devices import known_device, recognise
from identity.models import DirectoryUser
from tenants.actor import ANONYMOUS
from tenants.models import AuditEvent, Tenant
from tests.factories import DirectoryUserFactory
from tests.federation.browser import Browser

pytestmark = pytest.mark.urls("config.urls.signin")
PAGE = "/globex/account/devices"


def seen(user: DirectoryUser, token: str = "") -> str:
    """Have a user sign in with a browser; returns the token by which it is known from then on."""
    with transaction.atomic():
        return recognise(user, token, visitor=ANONYMOUS).token


def forget(here: Browser, what: str = "", **fields: str) -> int:
    here.get("/globex/account/name")
    csrf = here.hidden()["csrfmiddlewaretoken"]
    return here.client.post(f"{PAGE}/forget{what}", {"csrfmiddlewaretoken": csrf, **fields}).status_code


def test_they_are_listed_and_one_is_forgotten(here: Browser, globex: Tenant, gail: DirectoryUser) -> None:
    token, other = seen(gail), seen(gail)
    here.client.cookies[f"lifeguard_device_{globex.key}"] = token
    anothers = seen(DirectoryUserFactory.create(tenant=globex))
    KnownDevice.objects.filter(user=gail).update(user_agent="Mozilla/5.0 (iPad) Safari", network="192.0.2.7")
    text = here.get(PAGE).content.decode()
    assert text.count('name="browser"') == 2
    assert "This browser" in text
    assert "Safari on iPad" in text
    assert "192.0.2.7" in text
    for named in (str(KnownDevice.objects.exclude(user=gail).get().pk), str(uuid.uuid4()), "nonsense", ""):
        assert forget(here, browser=named) == 404
    notices = SecurityNotice.objects.count()
    row = KnownDevice.objects.filter(user=gail).latest("last_seen_at")
    assert forget(here, browser=str(row.pk)) == 302
    assert not known_device(globex, other, gail.email)
    assert known_device(globex, token, gail.email)
    # Once is enough; and the next sign-in with it is a new browser's.
    assert forget(here, browser=str(row.pk)) == 404
    assert seen(gail, other) != other
    assert SecurityNotice.objects.count() == notices + 1
    assert KnownDevice.objects.exclude(user=gail).get().forgotten_at is None, anothers
    assert AuditEvent.objects.get(action="user.browsers_forgotten").after == {"browsers": 1}


def test_all_are_forgotten_and_even_the_next_one_is_told(here: Browser, globex: Tenant, gail: DirectoryUser) -> None:
    token = seen(gail)
    seen(DirectoryUserFactory.create(tenant=globex))
    assert forget(here, "-all") == 302
    assert "Browsers we know" not in here.get(PAGE).content.decode()
    assert not known_device(globex, token, gail.email)
    assert not SecurityNotice.objects.exists()
    seen(gail, token)
    assert SecurityNotice.objects.get().kind == "new_device"
    assert KnownDevice.objects.filter(forgotten_at__isnull=True).count() == 2
    # Nobody is signed out by it.
    assert here.get(PAGE).status_code == 200


def test_one_from_before_everything_ended_is_none_to_forget(here: Browser, gail: DirectoryUser) -> None:
    seen(gail)
    DirectoryUser.objects.filter(pk=gail.pk).update(signed_out_at=timezone.now() - timedelta(hours=1))
    KnownDevice.objects.update(last_seen_at=timezone.now() - timedelta(hours=2))
    assert "Browsers we know" not in here.get(PAGE).content.decode()
    assert forget(here, browser=str(KnownDevice.objects.get().pk)) == 404
