"""No page is kept for a request that is handed on to the application: nobody signs in here by it."""

import pytest

from federation.models import AuthorizationRequest
from identity.models import AppClient
from identity.sync.native import purpose_of
from tenants.models import Application, Tenant
from tenants.services.native import set_native_mode
from tests.federation.browser import Browser
from tests.federation.signin.kept.asking import active, arrive
from tests.federation.signin.kept.test_just_opened import posted, statements
from tests.federation.signin.test_realm import forward_of
from tests.support.connections import ACTOR
from tests.support.domains import otherwise, proved
from tests.support.native import native_options

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("config.urls.signin"),
    pytest.mark.usefixtures("remembering"),
]
BEGINS = "https://native.example/begin"


@pytest.fixture
def native(acme: Tenant, application: Application) -> Browser:
    """A browser at an application in native mode, which has an app client in acme's pool."""
    Application.objects.filter(pk=application.pk).update(initiate_login_uri=BEGINS)
    set_native_mode(application.pk, native_options(), actor=ACTOR)
    client = AppClient(tenant=acme, pool=acme.pool, purpose=purpose_of(application.pk), client_id="native")
    client.seal_secret("secret")
    client.save()
    application.refresh_from_db()
    return Browser(application)


def handed_on(browser: Browser) -> AuthorizationRequest:
    """Have the application send the browser to find its organization; return what is kept of it."""
    browser.get(f"/sign-in/for/{browser.application.client_id}")
    return AuthorizationRequest.objects.latest("created_at")


def test_a_kept_sign_in_page_is_not_shown(native: Browser) -> None:
    assert [statements(native, arrive(native)) for _ in range(2)][1] == 0
    native.get(f"/acme/sign-in?request={handed_on(native).pk}")
    assert forward_of(native.text).startswith(BEGINS)


def test_a_kept_page_that_leads_on_is_not_shown(native: Browser, acme: Tenant) -> None:
    connection = active(acme)
    otherwise(proved(acme, "acme-people.com"), connection)
    native.authorize()
    posted(native, "ada@acme-people.com")
    taken, shown = posted(native, "grace@acme-people.com")
    assert taken == 0
    assert forward_of(shown.content.decode()).startswith(f"/acme/sign-in/by/{connection.pk}")
    handed_on(native)
    native.submit(email="grace@acme-people.com")
    assert forward_of(native.text).startswith(BEGINS)
