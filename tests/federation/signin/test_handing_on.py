"""Home-realm discovery for an application in native mode: our pages find the tenant, and the application goes on."""

import re
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest

from federation.models import AuthorizationRequest
from federation.services.organisation_mail import mail_organisations
from identity.models import AppClient, DirectoryUser
from tenants.models import Application, Tenant
from tenants.services.native import set_native_mode
from tenants.services.tenants import set_tenant_applications
from tests.factories import ApplicationFactory
from tests.federation.browser import Browser
from tests.federation.conftest import PASSWORD, MakeTenant, MakeUser, reconcile
from tests.federation.signin.test_realm import forward_of
from tests.support.codes import mailed_code
from tests.support.connections import ACTOR, activated, oidc_connection
from tests.support.domains import otherwise, proved
from tests.support.mail import Mailbox
from tests.support.native import native_options

pytestmark = pytest.mark.urls("config.urls.signin")

BEGINS = "https://native.example/begin?from=lifeguard"


@pytest.fixture
def native(application: Application) -> Application:
    """An application in native mode that says where a sign-in begins."""
    Application.objects.filter(pk=application.pk).update(initiate_login_uri=BEGINS)
    application.refresh_from_db()
    set_native_mode(application.pk, native_options(), actor=ACTOR)
    return application


@pytest.fixture
def acme(make_tenant: MakeTenant, native: Application) -> Tenant:
    """A tenant with a pool of its own, in which the application has an app client."""
    return uses(make_tenant("acme"), native)


def uses(tenant: Tenant, application: Application) -> Tenant:
    """Give the application to a tenant."""
    set_tenant_applications(tenant.pk, [application.pk], actor=ACTOR)
    reconcile(tenant)
    return tenant


def begin(browser: Browser, **asked: str) -> AuthorizationRequest:
    """Be sent by the application; return what is kept of it."""
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    browser.get(f"/sign-in/for/{browser.application.client_id}?{query}")
    assert "Find your organization" in browser.text, browser.text
    return AuthorizationRequest.objects.latest("created_at")


def told(text: str) -> dict[str, str]:
    """What the application is told by the address to which a page leads by itself, and by a link without scripts."""
    address = unescape(forward_of(text))
    assert address.startswith(f"{BEGINS}&"), text
    assert unescape(re.findall(r'class="btn btn--block" href="([^"]+)"', text)[0]) == address
    return dict(parse_qsl(urlsplit(address).query))


def test_a_domain_leads_to_the_issuer_of_the_tenants_pool(native: Application, acme: Tenant) -> None:
    """Without a further page of the identity provider, which the app client does not know."""
    otherwise(proved(acme, "people.acme-works.com"), activated(oidc_connection(acme)))
    client = AppClient.objects.get(tenant=acme, purpose__startswith="native-")
    browser = Browser(native)
    begin(browser)
    browser.submit(email="Ada@people.acme-works.com")
    assert told(browser.text) == {
        "from": "lifeguard",
        "iss": client.issuer,
        "client_id": client.client_id,
        "organization": "acme",
        "login_hint": "Ada@people.acme-works.com",
    }


def test_a_mailed_code_shows_the_organizations(
    native: Application, acme: Tenant, make_tenant: MakeTenant, make_user: MakeUser, mailbox: Mailbox
) -> None:
    """In one of them the app client is not there yet."""
    globex = make_tenant("globex")
    set_tenant_applications(globex.pk, [native.pk], actor=ACTOR)
    AppClient.objects.filter(tenant=globex, purpose__startswith="native-").delete()
    for tenant in (acme, globex):
        make_user(tenant, "native-2@example.com")
    browser = Browser(native)
    opened = begin(browser, login_hint="native-2@example.com")
    assert 'value="native-2@example.com"' in browser.text
    browser.submit(email="native-2@example.com")
    mail_organisations(opened.pk)
    browser.submit(code=mailed_code(mailbox, "native-2@example.com"))
    own, other = [unescape(link) for link in re.findall(r'class="btn btn--block" href="([^"]+)"', browser.text)]
    assert browser.get(other).status_code == 503
    browser.get(own)
    assert (told(browser.text)["organization"], told(browser.text)["login_hint"]) == ("acme", "native-2@example.com")


def test_nobody_signs_in_here_by_it(native: Application, acme: Tenant, make_user: MakeUser) -> None:
    """Whatever page of a sign-in the request is brought to."""
    ann: DirectoryUser = make_user(acme, "ann@acme.example")
    browser = Browser(native)
    opened = begin(browser)
    guard = browser.hidden()
    for page in ("sign-in", "sign-up", "password", "sign-in/confirm"):
        browser.get(f"/acme/{page}?request={opened.pk}")
        browser.submit_to(f"/acme/{page}?request={opened.pk}", **guard, email=ann.email, password=PASSWORD)
        assert told(browser.text)["organization"] == "acme"
    browser.hold_session(ann)
    browser.submit_to(f"/acme/sign-in/confirm?request={opened.pk}", **guard)
    assert told(browser.text)["organization"] == "acme"
    opened.refresh_from_db()
    assert opened.completed_at is None


def test_only_for_an_application_in_native_mode_that_says_where_it_begins(native: Application) -> None:
    without = ApplicationFactory.create(initiate_login_uri=BEGINS)
    browser = Browser(native)
    for client_id in (without.client_id, "nobody"):
        assert browser.get(f"/sign-in/for/{client_id}").status_code == 404
    Application.objects.update(initiate_login_uri="")
    assert browser.get(f"/sign-in/for/{native.client_id}").status_code == 404
    assert not AuthorizationRequest.objects.exists()


@pytest.mark.parametrize("name", ["login_hint", "ui_locales"])
@pytest.mark.parametrize("value", ["%00", "d%00e", "d" * 255])
def test_what_cannot_be_an_address_or_languages_is_left_out(native: Application, name: str, value: str) -> None:
    """Cut off, a hint would be somebody else's address."""
    opened = begin(Browser(native), **{name: value})
    assert name not in opened.parameters


def test_nobody_is_handed_on_once_it_is_switched_off(native: Application, acme: Tenant) -> None:
    """Minutes after they set out: the application's address may be nobody's by then."""
    browser = Browser(native)
    opened = begin(browser)
    Application.objects.update(initiate_login_uri="")
    browser.get(f"/acme/sign-in?request={opened.pk}")
    assert (browser.page.status_code, "not offered any more" in browser.text) == (404, True)
