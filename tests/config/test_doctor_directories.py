"""What doctor says of directories that several tenants connect."""

import pytest

from config.doctor.directories import check_directories
from tenants.models import PoolKind, UserPool
from tests.factories import TenantFactory, UserPoolFactory
from tests.support.connections import oidc_connection, saml_connection

pytestmark = pytest.mark.django_db


@pytest.fixture
def shared() -> UserPool:
    """A pool with room for several."""
    return UserPoolFactory.create(kind=PoolKind.SHARED)


def test_it_names_who_shares_a_directory_and_a_pool(shared: UserPool) -> None:
    """And nobody else: an own pool has an entity id of its own, and OpenID Connect needs none."""
    for slug in ("acme", "globex"):
        saml_connection(TenantFactory.create(slug=slug, name=slug.title(), pool=shared))
    saml_connection(TenantFactory.create(slug="other", pool=shared), entity_id="https://other.example")
    saml_connection(TenantFactory.create(slug="dedicated"))
    oidc_connection(TenantFactory.create(slug="oidc", pool=shared))
    (found,) = check_directories()
    assert "Acme, Globex" in found.message
    assert "https://idp.example/saml" in found.message


def test_it_is_silent_otherwise(shared: UserPool) -> None:
    """Drafts without metadata share nothing."""
    saml_connection(TenantFactory.create(slug="acme", pool=shared))
    assert list(check_directories()) == []
