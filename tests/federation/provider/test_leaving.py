"""What a browser keeps on its way over the identity providers that sign a person out."""

import pytest
from django.test import RequestFactory

from federation.provider.leaving import leave, signed_out

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls.signin")]
# RFC 6265 section 6.1: what every browser keeps of one cookie, its name and attributes included.
LONGEST_COOKIE = 4096


def test_a_long_state_keeps_nobody_signed_in(rf: RequestFactory) -> None:
    """A cookie that the browser drops would end the way before it began."""
    there = "https://idp.example/logout?client_id=abc"
    returns = [f"https://app.example/?state={'x' * length}" for length in (10, 8000)]
    ends = []
    for return_to in returns:
        response = leave(rf.get("/oauth2/logout"), [there], return_to=return_to, tenant=None)
        (cookie,) = response.cookies.values()
        assert len(cookie.output(header="")) < LONGEST_COOKIE
        rf.cookies[cookie.key] = cookie.value
        onward = signed_out(rf.get("/federation/signed-out"))
        assert onward["Location"] == there
        (cookie,) = onward.cookies.values()
        rf.cookies[cookie.key] = cookie.value
        ends.append(signed_out(rf.get("/federation/signed-out")))
    assert ends[0]["Location"] == returns[0]
    assert ends[1].status_code == 200
