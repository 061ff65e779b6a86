"""A tenant, an application and a browser without Cognito, and no page kept from the test before."""

from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from federation.selectors.page_state import PAGES, REALMS
from federation.services.signing_keys import ensure_signing_keys
from federation.signin.kept_pages import KEPT
from tenants.models import Application, PoolKind, Tenant, TenantApplication
from tests.factories import ApplicationFactory, TenantFactory, UserPoolFactory
from tests.federation.browser import Browser


@pytest.fixture(autouse=True)
def nothing_kept(settings: Settings) -> Iterator[None]:
    """What was kept before counts for nothing, and pages are in all languages of the sign-in host."""
    settings.LANGUAGES = settings.BRAND_LANGUAGES
    KEPT.forget_all()
    yield
    KEPT.forget_all()


@pytest.fixture
def remembering(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a page depends on counts for a while, as outside of tests: here for longer than any of them takes."""
    for memory in (PAGES, REALMS):
        monkeypatch.setattr(memory, "seconds", 3600.0)
    yield
    for memory in (PAGES, REALMS):
        memory.forget_all()


@pytest.fixture
def acme() -> Tenant:
    """A tenant that Cognito does not have."""
    tenant: Tenant = TenantFactory.create(
        slug="acme", name="Acme", pool=UserPoolFactory.create(kind=PoolKind.DEDICATED)
    )
    return tenant


@pytest.fixture
def application(acme: Tenant) -> Application:
    """An application that its users may use."""
    ensure_signing_keys()
    made: Application = ApplicationFactory.create(name="Sample")
    TenantApplication.objects.create(tenant=acme, application=made)
    return made


@pytest.fixture
def browser(application: Application) -> Browser:
    """A browser at the application."""
    return Browser(application)
