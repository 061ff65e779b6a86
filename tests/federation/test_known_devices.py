"""A browser in which somebody signed in before: known again, counted by itself, and a new one is told by mail."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from federation.models import KnownDevice, SecurityNotice
from federation.selectors.passkeys import remembered_account
from federation.services.known_devices import KEPT, known_device, recognise
from identity.models import DirectoryUser
from identity.services.user_sessions import end_user_sessions
from tenants.actor import ANONYMOUS
from tests.factories import Cast, DirectoryUserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(cast: Cast) -> DirectoryUser:
    return DirectoryUserFactory.create(tenant=cast.acme.tenant, email="ada@acme.example")


def sign_in(user: DirectoryUser, token: str) -> tuple[str, bool]:
    with transaction.atomic():
        found = recognise(user, token, visitor=ANONYMOUS)
    return found.token, found.is_known


def test_a_browser_is_known_the_second_time(ada: DirectoryUser) -> None:
    token, is_known = sign_in(ada, "")
    assert not is_known
    assert sign_in(ada, token) == (token, True)
    assert known_device(ada.tenant, token, ada.email)
    for other in ("", "another token"):
        assert not known_device(ada.tenant, other, ada.email)
    # The first browser ever is no news.
    assert not SecurityNotice.objects.exists()


def test_a_new_browser_is_told_by_mail(ada: DirectoryUser) -> None:
    sign_in(ada, "")
    sign_in(ada, "")
    notice = SecurityNotice.objects.get()
    assert (notice.kind, notice.email) == ("new_device", ada.email)


def test_a_shared_browser_is_known_of_each(ada: DirectoryUser) -> None:
    """Under one token, which is another once somebody new signs in: one that was put there is good no longer."""
    bob = DirectoryUserFactory.create(tenant=ada.tenant, email="bob@acme.example")
    planted, _is_known = sign_in(ada, "")
    token, is_known = sign_in(bob, planted)
    assert (is_known, token == planted) == (False, False)
    assert sign_in(ada, token) == (token, True)
    assert not known_device(ada.tenant, planted, bob.email)
    assert not known_device(ada.tenant, planted, ada.email)


def test_a_token_is_nothing_elsewhere(ada: DirectoryUser, cast: Cast) -> None:
    """Neither at another tenant nor for somebody else, nor when it was not used for long."""
    token, _is_known = sign_in(ada, "")
    namesake = DirectoryUserFactory.create(tenant=cast.globex.tenant, email=ada.email)
    assert not known_device(namesake.tenant, token, ada.email)
    assert sign_in(namesake, token)[1] is False
    assert known_device(ada.tenant, token, ada.email)
    assert not known_device(ada.tenant, token, "bob@acme.example")
    KnownDevice.objects.update(last_seen_at=timezone.now() - KEPT - timedelta(days=1))
    assert not known_device(ada.tenant, token, ada.email)


def test_a_browser_from_before_everything_ended_is_a_new_one(ada: DirectoryUser) -> None:
    """Whoever had the old password may have signed in with it. The first one afterwards is no news, the next one is."""
    token, _is_known = sign_in(ada, "")
    with transaction.atomic():
        end_user_sessions(ada)
    assert not known_device(ada.tenant, token, ada.email)
    fresh, is_known = sign_in(ada, "")
    assert (is_known, SecurityNotice.objects.count()) == (False, 0)
    assert sign_in(ada, token)[1] is False
    assert SecurityNotice.objects.count() == 1
    assert known_device(ada.tenant, fresh, ada.email)


def test_a_browser_from_before_everything_ended_tells_nobody_whose_it_was(ada: DirectoryUser) -> None:
    """By the passkey that it offers."""
    DirectoryUser.objects.filter(pk=ada.pk).update(has_passkey=True)
    token, _is_known = sign_in(ada, "")
    assert remembered_account(ada.tenant, token) == ada
    with transaction.atomic():
        end_user_sessions(ada)
    assert remembered_account(ada.tenant, token) is None
