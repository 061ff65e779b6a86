"""Pages that are kept: as the ordinary ones, of nobody in particular, and others as soon as anything changes."""

import re
from collections.abc import Callable, Iterator
from typing import cast

import pytest
from django.db import connection as database
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings

from config.env import Site
from config.site_middleware import middleware_of
from federation.domains.routing import Destination
from federation.models import AuthorizationRequest, Connection, ConnectionStatus, DomainRule, DomainStatus, EmailDomain
from federation.selectors import page_state
from federation.services.signing_keys import ensure_signing_keys
from federation.signin.kept_pages import KEPT, KeptPage, KeptPages
from tenants.models import Application, Branding, PoolKind, SignInPolicy, Tenant, TenantApplication, TenantStatus
from tenants.models.pool_settings import PoolSettings
from tests.factories import ApplicationFactory, TenantFactory, UserPoolFactory
from tests.federation.browser import Browser
from tests.support.connections import oidc_connection
from tests.support.domains import below, listing, otherwise, proved

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls.signin")]

# Of themselves other in each answer.
_OF_THE_MOMENT = {"X-Request-ID", "Expires"}
_TOKEN = re.compile(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")\w{64}')
ADA = "ada@works.acme-people.com"


@pytest.fixture(autouse=True)
def nothing_kept(settings: Settings) -> Iterator[None]:
    settings.LANGUAGES = settings.BRAND_LANGUAGES
    KEPT.forget_all()
    yield
    KEPT.forget_all()


@pytest.fixture
def acme() -> Tenant:
    tenant: Tenant = TenantFactory.create(
        slug="acme", name="Acme", pool=UserPoolFactory.create(kind=PoolKind.DEDICATED)
    )
    return tenant


@pytest.fixture
def application(acme: Tenant) -> Application:
    ensure_signing_keys()
    made: Application = ApplicationFactory.create(name="Sample")
    TenantApplication.objects.create(tenant=acme, application=made)
    return made


@pytest.fixture
def browser(application: Application) -> Browser:
    return Browser(application)


def active(tenant: Tenant, name: str = "Entra") -> Connection:
    """A connection in use; Cognito takes no part."""
    made = oidc_connection(tenant, name=name)
    Connection.objects.filter(pk=made.pk).update(status=ConnectionStatus.ACTIVE)
    return made


def arrive(browser: Browser, **parameters: str) -> str:
    """Send the browser to acme's page; returns where that is."""
    return cast(
        HttpResponse, browser.client.get("/oauth2/authorize", browser.parameters(organization="acme", **parameters))
    )["Location"]


def told(response: object) -> tuple[object, ...]:
    """An answer without what is another in each."""
    answer = cast(HttpResponse, response)
    headers = {name: value for name, value in answer.headers.items() if name not in _OF_THE_MOMENT}
    cookies = {name: {k: v for k, v in morsel.items() if k != "expires"} for name, morsel in answer.cookies.items()}
    return answer.status_code, headers, cookies, _TOKEN.sub(r"\1", answer.content.decode())


def ordinary(monkeypatch: pytest.MonkeyPatch, ask: Callable[[], object]) -> tuple[object, ...]:
    """What is answered where no page can be kept."""
    with monkeypatch.context() as patch:
        patch.setattr(page_state, "first_row", lambda sql, values: None)
        return told(ask())


def counted(ask: Callable[[], object]) -> tuple[int, object]:
    """How many statements an answer takes."""
    with CaptureQueriesContext(database) as found:
        response = ask()
    return len(found), response


@pytest.mark.parametrize("has_connection", [False, True])
@pytest.mark.parametrize("language", ["en", "de", "ja"])
def test_a_kept_page_is_the_ordinary_one(
    browser: Browser, acme: Tenant, monkeypatch: pytest.MonkeyPatch, has_connection: bool, language: str
) -> None:
    """Headers, cookies and text, but for the token; the first time, when it is made, and afterwards."""
    if has_connection:
        active(acme)
    SignInPolicy.objects.filter(tenant=acme).update(sign_up="anyone", first_factors=["EMAIL_OTP"])
    where = arrive(browser)

    def ask() -> object:
        return browser.client.get(where, headers={"Accept-Language": language})

    expected = ordinary(monkeypatch, ask)
    assert f'lang="{language}"' in str(expected[3])
    assert told(ask()) == expected
    statements, again = counted(ask)
    assert (statements, told(again)) == (1, expected)


def test_each_answer_has_a_token_and_a_request_of_its_own(browser: Browser, application: Application) -> None:
    other = Browser(application)
    pages = [cast(HttpResponse, each.client.get(arrive(each))).content.decode() for each in (browser, other, browser)]
    tokens = [re.findall(r"\w{64}", each) for each in pages]
    assert all(len(found) == 2 and found[0] == found[1] for found in tokens)
    assert len({found[0] for found in tokens}) == 3
    requests = [set(re.findall(r"request=([0-9a-f-]{36})", each)) for each in pages]
    assert all(len(found) == 1 for found in requests)
    assert set.union(*requests) <= {str(each) for each in AuthorizationRequest.objects.values_list("pk", flat=True)}


def test_the_token_of_a_kept_page_is_taken(browser: Browser, acme: Tenant) -> None:
    for _turn in range(2):
        browser.authorize(organization="acme")
    browser.submit(email="", password="")
    assert browser.page.status_code == 422


Change = Callable[[Tenant, Application], object]
CHANGES: dict[str, Change] = {
    "name in the brand": lambda acme, _app: Branding.objects.filter(tenant=acme).update(display_name="Other"),
    "version of the brand": lambda acme, _app: Branding.objects.filter(tenant=acme).update(version=7),
    "a logo": lambda acme, _app: Branding.objects.filter(tenant=acme).update(logo_type="image/png"),
    "sign-up": lambda acme, _app: SignInPolicy.objects.filter(tenant=acme).update(sign_up="anyone"),
    "ways in": lambda acme, _app: SignInPolicy.objects.filter(tenant=acme).update(first_factors=["EMAIL_OTP"]),
    "the application's name": lambda _acme, app: Application.objects.filter(pk=app.pk).update(name="Renamed"),
    "a connection": lambda acme, _app: active(acme),
}
THEN: dict[str, Change] = {
    "its name": lambda acme, _app: Connection.objects.filter(tenant=acme).update(name="Renamed"),
    "disabled": lambda acme, _app: Connection.objects.filter(tenant=acme).update(status=ConnectionStatus.DISABLED),
    "deleted": lambda acme, _app: Connection.objects.filter(tenant=acme).update(deleted_at=timezone.now()),
    "another one": lambda acme, _app: active(acme, "Okta"),
    "a domain": lambda acme, _app: proved(acme, "acme-people.com"),
}


def changes_the_page(browser: Browser, monkeypatch: pytest.MonkeyPatch, change: Callable[[], object]) -> None:
    """Say that a change shows at the next request, and that the page is then the ordinary one."""
    where = arrive(browser)
    before = told(browser.client.get(where))
    assert told(browser.client.get(where)) == before
    change()
    after = told(browser.client.get(where))
    assert after != before
    assert after == ordinary(monkeypatch, lambda: browser.client.get(where))


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_shows_at_the_next_request(
    browser: Browser, acme: Tenant, application: Application, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    changes_the_page(browser, monkeypatch, lambda: CHANGES[what](acme, application))


@pytest.mark.parametrize("what", THEN)
def test_so_does_what_happens_to_a_connection(
    browser: Browser, acme: Tenant, application: Application, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    active(acme)
    changes_the_page(browser, monkeypatch, lambda: THEN[what](acme, application))


def test_so_does_a_domain_that_is_lost(browser: Browser, acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    active(acme)
    claim = proved(acme, "acme-people.com")
    lose = EmailDomain.objects.filter(pk=claim.pk)
    changes_the_page(browser, monkeypatch, lambda: lose.update(status=DomainStatus.WAITING))


def test_so_do_options_of_the_pool(browser: Browser, acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which take away what the policy allows."""
    SignInPolicy.objects.filter(tenant=acme).update(first_factors=["EMAIL_OTP"])
    changes_the_page(browser, monkeypatch, lambda: PoolSettings.objects.create(pool=acme.pool, tier="lite"))


@pytest.mark.parametrize("asked", ["de", "fr"])
def test_the_language_that_the_application_asks_for(browser: Browser, asked: str) -> None:
    assert 'lang="en"' in cast(HttpResponse, browser.client.get(arrive(browser))).content.decode()
    page = cast(HttpResponse, browser.client.get(arrive(browser, ui_locales=asked)))
    assert f'lang="{asked}"' in page.content.decode()
    assert page["Content-Language"] == asked


ENDS: dict[str, Change] = {
    "another browser": lambda _acme, _app: AuthorizationRequest.objects.update(browser_hash="0" * 64),
    "answered": lambda _acme, _app: AuthorizationRequest.objects.update(completed_at=timezone.now()),
    "too old": lambda _acme, _app: AuthorizationRequest.objects.update(expires_at=timezone.now()),
    "another tenant's": lambda _acme, _app: AuthorizationRequest.objects.update(tenant=TenantFactory.create()),
    "suspended": lambda acme, _app: Tenant.objects.filter(pk=acme.pk).update(status=TenantStatus.SUSPENDED),
    "not for the application": lambda _acme, _app: TenantApplication.objects.all().delete(),
    "moved": lambda acme, _app: Tenant.objects.filter(pk=acme.pk).update(slug="elsewhere"),
}


@pytest.mark.parametrize("what", ENDS)
def test_a_request_that_is_over_gets_no_kept_page(
    browser: Browser, acme: Tenant, application: Application, what: str
) -> None:
    where = arrive(browser)
    assert browser.client.get(where).status_code == 200
    ENDS[what](acme, application)
    assert browser.client.get(where).status_code == 404


def test_two_tenants_never_share_a_page(browser: Browser, application: Application) -> None:
    globex = TenantFactory.create(slug="globex", name="Globex")
    TenantApplication.objects.create(tenant=globex, application=application)
    for _turn in range(2):
        for slug, name in (("acme", "Acme"), ("globex", "Globex")):
            text = browser.authorize(organization=slug).content.decode()
            others = {"Acme", "Globex"} - {name}
            assert name in text
            assert not [each for each in others if each in text]


def test_who_said_who_they_are_gets_a_page_of_their_own(browser: Browser, acme: Tenant) -> None:
    """By a hint of the application's or in the address: it is on the page, and nothing of it is kept."""
    plain = arrive(browser)
    for where in (arrive(browser, login_hint=ADA), f"{plain}&login_hint={ADA}", f"{plain}&password=1"):
        statements, response = counted(lambda where=where: browser.client.get(where))  # type: ignore[misc]
        assert statements > 1
        assert (ADA in cast(HttpResponse, response).content.decode()) == ("password" not in where)
    assert ADA.encode() not in b"".join(
        piece
        for _until, page in KEPT._kept.values()  # noqa: SLF001  # What is in memory.
        for piece in page.pieces
    )


def test_a_browser_that_is_known_is_asked_for_its_passkey(browser: Browser, acme: Tenant) -> None:
    """Where the tenant lets people sign in by one; everywhere else it gets the page that is kept."""
    cookie = f"lifeguard_device_{acme.key}"
    where = arrive(browser)
    browser.client.get(where)
    browser.client.cookies[cookie] = "a-token"
    assert counted(lambda: browser.client.get(where))[0] == 1
    SignInPolicy.objects.filter(tenant=acme).update(first_factors=["WEB_AUTHN"])
    PoolSettings.objects.create(pool=acme.pool, passkey_rp_id="localhost")
    browser.client.get(where)
    known = counted(lambda: browser.client.get(where))
    assert known[0] > 1
    assert "Use a passkey" in cast(HttpResponse, known[1]).content.decode()
    del browser.client.cookies[cookie]
    assert counted(lambda: browser.client.get(where))[0] == 1


def test_every_table_that_a_page_is_made_of_is_in_the_statement(browser: Browser, acme: Tenant) -> None:
    """So that nobody puts something on the page whose change would not show."""
    SignInPolicy.objects.filter(tenant=acme).update(first_factors=["WEB_AUTHN", "EMAIL_OTP"])
    otherwise(proved(acme, "acme-people.com"), active(acme))
    where = arrive(browser)
    not_shown = {
        "tenants_cell": "is loaded with the pool; no page shows where that is",
        "federation_connectionversion": "is loaded with a connection, whose row names the newest and changes with it",
    }
    for address in (where, f"{where}&password=1"):
        with CaptureQueriesContext(database) as found:
            browser.client.get(
                address, {"login_hint": ADA, **dict(each.split("=") for each in address.partition("?")[2].split("&"))}
            )
        read = {name for query in found for name in re.findall(r'(?:FROM|JOIN) "(\w+)"', query["sql"])}
        assert read - set(not_shown) <= set(re.findall(r"(?:FROM|JOIN) (\w+)", page_state._PAGE)), address  # noqa: SLF001


def leads_on(browser: Browser, email: str, **parameters: str) -> object:
    browser.authorize(**parameters)
    return browser.client.post(browser.address, {**browser.hidden(), "email": email})


@pytest.mark.parametrize("parameters", [{}, {"organization": "acme"}])
def test_the_page_that_leads_on_is_the_ordinary_one(
    browser: Browser, acme: Tenant, monkeypatch: pytest.MonkeyPatch, parameters: dict[str, str]
) -> None:
    otherwise(proved(acme, "acme-people.com"), active(acme))
    hidden = re.compile(r"request=[0-9a-f-]{36}")
    KEPT.forget_all()
    for email in ("ada@acme-people.com", "o'neil+test&x=1@acme-people.com", "Ada.B%C@ACME-people.com"):
        plain = ordinary(monkeypatch, lambda email=email: leads_on(browser, email, **parameters))  # type: ignore[misc]
        assert plain[0] == 200
        for _turn in range(2):
            kept = told(leads_on(browser, email, **parameters))
            assert kept[:3] == plain[:3]
            assert hidden.sub("", str(kept[3])) == hidden.sub("", str(plain[3]))


def test_rules_decide_as_in_the_ordinary_way(browser: Browser, acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    entra, okta = active(acme), active(acme, "Okta")
    claim = proved(acme, "acme-people.com")
    listing(claim, "boss@acme-people.com", to=okta)
    listing(claim, "intern@acme-people.com")
    below(claim, "works", to=okta)
    otherwise(claim, entra)
    hidden = re.compile(r"request=[0-9a-f-]{36}")
    for who in (
        "ada@acme-people.com",
        "Boss@acme-people.com",
        "intern@acme-people.com",
        ADA,
        "x@y.works.acme-people.com",
        "x@elsewhere.acme-people.com",
        "x@nowhere.example",
    ):
        ask = lambda who=who: leads_on(browser, who)  # noqa: E731
        plain, kept = ordinary(monkeypatch, ask), told(ask())
        assert kept[0] == plain[0], who
        assert hidden.sub("", str(kept[3])) == hidden.sub("", str(plain[3])), who
    DomainRule.objects.filter(domain=claim, scope="default").update(destination=Destination.EVERY, connections=[])
    text = cast(HttpResponse, leads_on(browser, "ada@acme-people.com")).content.decode()
    assert "Continue with Entra" in text
    assert "Continue with Okta" in text


def test_a_page_is_not_kept_for_ever() -> None:
    page = KeptPage.of("x")
    over, few = KeptPages(most=9, seconds=-1), KeptPages(most=2, seconds=60)
    over.keep("a", page)
    assert over.find("a") is None
    for key in "abc":
        few.keep(key, page)
    assert [few.find(key) for key in "abc"] == [None, page, page]


def test_the_sign_in_host_keeps_what_protects_it(browser: Browser) -> None:
    """It runs less middleware than the dashboard, and none less of these."""
    left_out = set(middleware_of(Site.DASHBOARD)) - set(middleware_of(Site.SIGNIN))
    assert {each.rpartition(".")[2] for each in left_out} == {
        "SessionMiddleware",
        "AuthenticationMiddleware",
        "MessageMiddleware",
        "HtmxMiddleware",
        "actor_middleware",
        "members_have_no_local_account",
    }
    page = browser.authorize(organization="acme")
    protecting = {
        "Content-Security-Policy",
        "X-Frame-Options",
        "X-Content-Type-Options",
        "Referrer-Policy",
        "X-Request-ID",
    }
    assert protecting <= set(page.headers)
    assert "no-store" in page["Cache-Control"]
    assert Client(enforce_csrf_checks=True).post(browser.address, {"email": ADA}).status_code == 403
    assert [name for name in page.cookies if name.endswith("session")] == []


@pytest.mark.django_db(transaction=True)
def test_a_connection_to_the_database_that_was_cut_is_opened_anew(browser: Browser) -> None:
    where = arrive(browser)
    assert browser.client.get(where).status_code == 200
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    other = database.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    other.close()
    assert browser.client.get(where).status_code == 200
