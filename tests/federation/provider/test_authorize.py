"""The authorization endpoint: what is refused, to whom the refusal goes, and what a session answers."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from federation.models import AuthorizationCode, AuthorizationRequest, BrowserSession
from identity.models import DirectoryUser, UserStatus
from tenants.models import Application, MfaPolicy, SignInPolicy, Tenant, TenantApplication, TenantStatus
from tests.factories import ApplicationFactory, TenantFactory
from tests.federation.browser import Browser
from tests.federation.conftest import issuer

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls.signin")]


def error_of(browser: Browser, **changed: str | None) -> str:
    """The error that goes back to the application, which always carries state and issuer."""
    browser.authorize(**{"organization": "acme", **changed})
    answer = browser.answer()
    assert "code" not in answer
    assert answer["iss"] == issuer()
    assert answer.get("state", "") == (changed.get("state", browser.state) or "")
    return answer["error"]


def shown_error(browser: Browser, **changed: str | None) -> str:
    """The page that shows an error, since it may not be sent anywhere."""
    page = browser.authorize(**{"organization": "acme", **changed})
    assert page.status_code == 400
    assert "Location" not in page
    assert AuthorizationCode.objects.count() == AuthorizationRequest.objects.count() == 0
    return browser.text


# Defaults of Authlib that are closed here, one test each.


def test_pkce_is_required_of_confidential_clients_too(browser: Browser) -> None:
    assert error_of(browser, code_challenge=None, code_challenge_method=None) == "invalid_request"


def test_plain_pkce_is_refused(browser: Browser) -> None:
    assert error_of(browser, code_challenge=browser.verifier, code_challenge_method="plain") == "invalid_request"


def test_an_omitted_pkce_method_is_refused(browser: Browser) -> None:
    assert error_of(browser, code_challenge_method=None) == "invalid_request"


@pytest.mark.parametrize("challenge", ["short", "x" * 44, "x" * 42 + "~", "white space" * 5, "a" * 43 + "\n"])
def test_a_malformed_challenge_is_refused(browser: Browser, challenge: str) -> None:
    assert error_of(browser, code_challenge=challenge) == "invalid_request"


def test_a_nonce_is_required(browser: Browser) -> None:
    assert error_of(browser, nonce=None) == "invalid_request"


def test_an_application_may_be_exempted_from_the_nonce(browser: Browser, assigned: Application) -> None:
    assigned.require_nonce = False
    assigned.save()
    browser.authorize(organization="acme", nonce=None)
    assert "code" in browser.answer()


def test_a_nonce_works_once_for_each_client(browser: Browser, acme: Tenant, ann: DirectoryUser) -> None:
    browser.authorize(organization="acme")
    assert "code" in browser.answer()
    assert error_of(browser) == "invalid_request"
    other = Browser(ApplicationFactory.create())
    TenantApplication.objects.create(tenant=acme, application=other.application)
    other.hold_session(ann)
    other.authorize(organization="acme", nonce=browser.nonce)
    assert "code" in other.answer()


def test_a_nonce_that_is_too_long_is_refused(browser: Browser) -> None:
    assert error_of(browser, nonce="n" * 256) == "invalid_request"


# Errors that must not be redirected, because the address is not known to be the application's.


def test_an_unknown_client_is_told_on_a_page(browser: Browser) -> None:
    assert "invalid_client" in shown_error(browser, client_id="app_unknown")


@pytest.mark.parametrize(
    "redirect_uri",
    [
        "https://attacker.example/",
        "https://app.example/callback/",
        "https://app.example/callback?x=1",
        "https://app.example/callback#x",
        "https://app.example/callback/../other",
        "https://app.example:443/callback",
        "HTTPS://app.example/callback",
        "https://app.example/callbac%6B",
        "https://app.example@attacker.example/callback",
        "javascript:alert(1)",
        "//app.example/callback",
        None,
    ],
)
def test_a_redirect_uri_must_be_registered_exactly(browser: Browser, redirect_uri: str | None) -> None:
    text = shown_error(browser, redirect_uri=redirect_uri)
    assert "invalid_request" in text
    assert "attacker.example" not in browser.page.get("Content-Security-Policy", "")


def test_an_unsupported_response_type_with_a_wrong_address_is_not_redirected(browser: Browser) -> None:
    shown_error(browser, response_type="token", redirect_uri="https://attacker.example/")


@pytest.mark.parametrize("name", ["redirect_uri", "state", "client_id", "response_mode"])
def test_a_repeated_parameter_that_says_where_the_answer_goes(browser: Browser, name: str) -> None:
    """The others do no harm to that: see `conformance`."""
    parameters = {**browser.parameters(), "organization": "acme", "response_mode": "query"}
    query = urlencode([*parameters.items(), (name, "again")])
    page = browser.client.get(f"/oauth2/authorize?{query}")
    assert page.status_code == 400
    assert "Location" not in page


# Errors for the application.


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_type": '"'}, "unsupported_response_type"),
        ({"response_type": "é"}, "unsupported_response_type"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
        ({"request": "eyJhbGciOiJub25lIn0.e30."}, "request_not_supported"),
        ({"request_uri": "https://app.example/request"}, "request_uri_not_supported"),
        ({"registration": "{}"}, "registration_not_supported"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"prompt": "none create"}, "invalid_request"),
        ({"prompt": "dance"}, "invalid_request"),
        ({"prompt": "consent"}, "consent_required"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"state": None, "nonce": None}, "invalid_request"),
    ],
)
def test_the_standard_error_goes_to_the_application(
    browser: Browser, changed: dict[str, str | None], error: str
) -> None:
    assert error_of(browser, **changed) == error


def test_unknown_scopes_are_ignored(browser: Browser) -> None:
    tokens = browser.tokens_from_session(scope="openid email admin offline_access")
    assert tokens["scope"] == "openid email"


# What a session answers.


def test_a_session_answers_at_once(browser: Browser) -> None:
    browser.authorize(organization="acme")
    answer = browser.answer()
    assert (answer["state"], answer["iss"]) == (browser.state, issuer())


def test_a_post_is_turned_into_a_get(browser: Browser) -> None:
    response = browser.client.post("/oauth2/authorize", {**browser.parameters(), "organization": "acme"})
    assert response.status_code == 303
    browser.get(response["Location"])
    assert "code" in browser.answer()


@pytest.mark.parametrize(
    "asked", [{"prompt": "login"}, {"prompt": "login select_account"}, {"prompt": "create"}, {"max_age": "0"}]
)
def test_a_fresh_sign_in_can_be_asked_for(browser: Browser, asked: dict[str, str]) -> None:
    BrowserSession.objects.update(auth_time=timezone.now() - timedelta(seconds=2))
    page = browser.authorize(organization="acme", **asked)
    assert page.status_code == 200
    assert 'name="password"' in browser.text


def test_an_account_can_be_asked_for_where_accounts_are_made(browser: Browser, acme: Tenant) -> None:
    """Everywhere else the person is asked to sign in, as anybody is. A session answers neither."""
    for policy, path in [("off", "/acme/sign-in"), ("domains", "/acme/sign-up"), ("anyone", "/acme/sign-up")]:
        SignInPolicy.objects.filter(tenant=acme).update(sign_up=policy)
        browser.authorize(organization="acme", prompt="create", nonce=policy)
        assert browser.address.startswith(f"{path}?request=")
        assert browser.page.status_code == 200
    # Nobody knows yet where the account would be.
    browser.authorize(prompt="create", nonce="nowhere")
    assert browser.address.startswith("/sign-in?request=")


def test_max_age_that_the_session_meets(browser: Browser) -> None:
    browser.authorize(organization="acme", max_age="3600")
    assert "code" in browser.answer()


def test_prompt_none_without_a_session(assigned: Application, acme: Tenant) -> None:
    browser = Browser(assigned)
    for slug in ("acme", "unknown", None):
        browser.authorize(organization=slug, prompt="none")
        assert browser.answer()["error"] == "login_required"
    assert AuthorizationRequest.objects.count() == 0


def test_prompt_none_with_a_session(browser: Browser) -> None:
    browser.authorize(organization="acme", prompt="none")
    assert "code" in browser.answer()


def test_a_session_of_another_tenant_answers_nothing(
    browser: Browser, assigned: Application, ann: DirectoryUser
) -> None:
    globex = TenantFactory.create(slug="globex")
    TenantApplication.objects.create(tenant=globex, application=assigned)
    # The cookie's token moved to the other tenant's name.
    browser.client.cookies[f"lifeguard_sso_{globex.key}"] = browser.client.cookies[
        f"lifeguard_sso_{ann.tenant.key}"
    ].value
    browser.authorize(organization="globex")
    assert 'name="password"' in browser.text


def test_who_may_not_any_more_is_asked_again(browser: Browser, acme: Tenant, ann: DirectoryUser) -> None:
    changes = [
        lambda: DirectoryUser.objects.update(status=UserStatus.DISABLED),
        lambda: BrowserSession.objects.update(ended_at=timezone.now()),
        lambda: BrowserSession.objects.update(last_seen_at=timezone.now() - timedelta(minutes=481)),
        lambda: BrowserSession.objects.update(auth_time=timezone.now() - timedelta(minutes=1441)),
        lambda: SignInPolicy.objects.update(mfa=MfaPolicy.REQUIRED),
    ]
    for change in changes:
        browser.hold_session(ann)
        change()
        browser.authorize(organization="acme")
        assert 'name="password"' in browser.text, change
        DirectoryUser.objects.update(status=UserStatus.ACTIVE)
        BrowserSession.objects.all().delete()


def test_unusable_organisations_all_look_alike(browser: Browser, assigned: Application, acme: Tenant) -> None:
    pages = [browser.authorize(organization="unknown")]
    Tenant.objects.update(status=TenantStatus.SUSPENDED)
    pages.append(browser.authorize(organization="acme"))
    Tenant.objects.update(status=TenantStatus.ACTIVE)
    TenantApplication.objects.all().delete()
    pages.append(browser.authorize(organization="acme"))
    assert [page.status_code for page in pages] == [404, 404, 404]
    # A CSRF token differs each time.
    assert len({re.sub(rb'"X-CSRFToken": "[^"]+"', b"", page.content) for page in pages}) == 1
    assert AuthorizationRequest.objects.count() == 0


def test_no_other_site_may_read_the_endpoints(browser: Browser) -> None:
    for path in ("/oauth2/authorize", "/oauth2/userinfo", "/oauth2/introspect"):
        response = Client().get(path, headers={"Origin": "https://attacker.example"})
        assert "Access-Control-Allow-Origin" not in response


def test_the_host_header_has_no_say(browser: Browser) -> None:
    headers = {"X-Forwarded-Host": "attacker.example", "X-Forwarded-Proto": "https"}
    document = Client().get("/.well-known/openid-configuration", headers=headers).json()
    assert all(
        value.startswith(issuer())
        for name, value in document.items()
        if isinstance(value, str) and name.endswith(("issuer", "endpoint", "uri"))
    )
