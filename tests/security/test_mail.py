"""Using our pages to flood somebody's mailbox."""

import uuid

import pytest
from django.conf import settings
from redis import Redis

from federation.models import AuthorizationRequest
from federation.services.attempt_limits import MAIL, Caller, LimitReached, spend
from federation.services.requests import MAX_MAILS
from tests.federation.browser import Browser

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("config.urls.signin"),
    pytest.mark.usefixtures("one_window"),
]


assert MAIL.account is not None
PER_ADDRESS, PER_CLIENT = MAIL.account.most, MAIL.client.most


def goes_out(email: str, client_ip: str | None) -> bool:
    """Ask for one mail."""
    try:
        spend(MAIL, None, email, Caller(client_ip))
    except LimitReached:
        return False
    return True


def waiting() -> int:
    """How many messages wait for a worker; none runs in these tests."""
    return int(Redis.from_url(settings.REDIS_URL).llen("lifeguard"))


def test_fresh_requests_do_not_lift_the_bound(browser: Browser) -> None:
    """Each request asks for few mails, but anybody can have as many requests as they like."""
    victim, before = f"{uuid.uuid4()}@victim.example", waiting()
    pages = set()
    for attempt in range(PER_ADDRESS * 2):
        browser.authorize(nonce=str(attempt), prompt="login")
        browser.client.defaults["REMOTE_ADDR"] = f"192.0.2.{attempt}"
        # Another spelling, or another address in between, makes no difference.
        browser.submit(email=victim.upper() if attempt % 2 else victim)
        assert browser.page.status_code == 200
        pages.add(browser.text.count("Check your mail"))
    assert waiting() - before == PER_ADDRESS
    assert len(pages) == 1
    assert MAX_MAILS < PER_ADDRESS
    assert AuthorizationRequest.objects.count() == PER_ADDRESS * 2


def test_one_client_cannot_mail_everybody() -> None:
    """All of an IPv6 network is one client, and whom it did not reach any more can still be reached by others."""
    network = f"2001:db8:{uuid.uuid4().hex[:4]}:{uuid.uuid4().hex[:4]}"
    allowed = [goes_out(f"{uuid.uuid4()}@victim.example", f"{network}::{host + 1:x}") for host in range(PER_CLIENT)]
    victim = f"{uuid.uuid4()}@victim.example"
    refused = [goes_out(victim, f"{network}::ffff") for _ in range(PER_ADDRESS)]
    assert (allowed, refused) == ([True] * PER_CLIENT, [False] * PER_ADDRESS)
    assert goes_out(victim, None)
