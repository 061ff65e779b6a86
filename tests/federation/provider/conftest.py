"""A browser that has a session already: what the provider does then needs no Cognito."""

import pytest

from federation.services.signing_keys import ensure_signing_keys
from identity.models import DirectoryUser
from tenants.models import Application, Tenant, TenantApplication
from tests.factories import ApplicationFactory, DirectoryUserFactory, TenantFactory
from tests.federation.browser import Browser


@pytest.fixture
def acme(db: None) -> Tenant:
    """A tenant that only our tables know."""
    ensure_signing_keys()
    created: Tenant = TenantFactory.create(slug="acme")
    return created


@pytest.fixture
def assigned(acme: Tenant) -> Application:
    """An application that acme's users may use."""
    created: Application = ApplicationFactory.create(name="Sample")
    TenantApplication.objects.create(tenant=acme, application=created)
    return created


@pytest.fixture
def ann(acme: Tenant) -> DirectoryUser:
    """A user of acme."""
    created: DirectoryUser = DirectoryUserFactory.create(tenant=acme, email="ann@acme.example", name="Ann")
    return created


@pytest.fixture
def eve(assigned: Application) -> DirectoryUser:
    """The same person's account at another tenant with the application."""
    globex: Tenant = TenantFactory.create(slug="globex")
    TenantApplication.objects.create(tenant=globex, application=assigned)
    made: DirectoryUser = DirectoryUserFactory.create(tenant=globex, email="ann@globex.example")
    return made


@pytest.fixture
def browser(assigned: Application, ann: DirectoryUser) -> Browser:
    """Ann's browser, with a session at acme."""
    browser = Browser(assigned)
    browser.hold_session(ann)
    return browser
