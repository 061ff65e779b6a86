"""Globex and Initech, in one pool; each has one of everything."""

import pytest

from tests.factories import Cast, make_tenant_cast
from tests.federation.web.wizard.pages import in_cognito
from tests.isolation.neighbours import House, furnished


@pytest.fixture
def ours(cast: Cast) -> House:
    """Globex, whose owner tries everything."""
    in_cognito(cast.globex.tenant)
    return furnished(cast.globex)


@pytest.fixture
def theirs(cast: Cast) -> House:
    """Initech, in the same pool."""
    return furnished(make_tenant_cast("initech", pool=cast.globex.tenant.pool))
