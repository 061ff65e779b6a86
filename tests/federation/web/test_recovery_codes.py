"""A user's page and the REST API say how many recovery codes somebody has left, and never which."""

import pytest
from django.utils import timezone

from federation.services.recovery_codes import HOW_MANY, make_codes, use_code
from tenants.actor import system
from tests.factories import Cast, TenantCast
from tests.federation.web.test_ways_in import browser_of, page_of
from tests.identity.api.test_api import Call, call

__all__ = ["call"]


@pytest.fixture
def acme(cast: Cast) -> TenantCast:
    """The cast's tenant, of which Cognito knows nothing."""
    return cast.acme


def test_administrators_see_how_many_are_left(acme: TenantCast, call: Call) -> None:
    user, actor = acme.outsider, system("test")
    assert call("GET", "user-recovery-codes", user.pk, by=acme.auditor).json() == {"left": 0}
    codes = make_codes(user, actor=actor)
    use_code(user, codes[0], began=timezone.now(), actor=actor)
    assert call("GET", "user-recovery-codes", user.pk, by=acme.auditor).json() == {"left": HOW_MANY - 1}
    page = page_of(browser_of(acme.auditor), user)
    assert f"{HOW_MANY - 1} left" in page
    assert not [code for code in codes if code in page]


def test_a_neighbours_are_not_told(cast: Cast, call: Call) -> None:
    assert call("GET", "user-recovery-codes", cast.globex.outsider.pk).status_code == 404
