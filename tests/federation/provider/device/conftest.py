"""A command line of acme's, a device that runs it, and a browser of somebody who may grant what it asks for."""

import pytest

from identity.models import DirectoryUser
from tenants.models import Application, Tenant, TenantApplication
from tests.factories import ApplicationFactory
from tests.federation.browser import Browser
from tests.federation.device import Device


@pytest.fixture
def cli(acme: Tenant) -> Application:
    """A command line of acme's, which has no address to return to."""
    made: Application = ApplicationFactory.create(
        name="Harbor CLI", is_public=True, secret_hash="", device_flow=True, redirect_uris=[]
    )
    TenantApplication.objects.create(tenant=acme, application=made)
    return made


@pytest.fixture
def device(cli: Application) -> Device:
    """A device that runs it."""
    return Device(cli)


@pytest.fixture
def person(cli: Application, ann: DirectoryUser) -> Browser:
    """Ann's browser, with a session at acme."""
    browser = Browser(cli)
    browser.hold_session(ann)
    return browser
