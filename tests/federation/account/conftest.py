"""Ann, and a browser in which she is signed in without the sign-in pages having been asked."""

import pytest
from django.utils import timezone

from federation.models import BrowserSession
from federation.services.signing_keys import ensure_signing_keys
from federation.tokens import hash_token
from identity.models import DirectoryUser
from identity.services.invitations import VALID_FOR
from tenants.models import Invitation, Tenant
from tests.factories import ApplicationFactory, DirectoryUserFactory, TenantFactory
from tests.federation.browser import Browser


@pytest.fixture
def globex(db: None) -> Tenant:
    """A tenant that Cognito does not know."""
    ensure_signing_keys()
    tenant: Tenant = TenantFactory.create(slug="globex")
    return tenant


@pytest.fixture
def gail(globex: Tenant) -> DirectoryUser:
    """A user of globex."""
    user: DirectoryUser = DirectoryUserFactory.create(tenant=globex, email="gail@globex.example", name="Gail")
    return user


@pytest.fixture
def here(gail: DirectoryUser) -> Browser:
    """Gail's browser."""
    browser = Browser(ApplicationFactory.create())
    browser.hold_session(gail)
    return browser


def session_of(browser: Browser) -> BrowserSession:
    """The session in a browser that `hold_session` made."""
    (token,) = (morsel.value for name, morsel in browser.client.cookies.items() if name.startswith("lifeguard_sso_"))
    return BrowserSession.objects.get(token_hash=hash_token(token))


def a_renewal(user: DirectoryUser) -> Invitation:
    """An open link with which a user would choose another password; its mail is not owed."""
    return Invitation.objects.create(
        tenant_id=user.tenant_id,
        user_id=user.pk,
        email=user.email,
        renews=True,
        expires_at=timezone.now() + VALID_FOR,
    )
