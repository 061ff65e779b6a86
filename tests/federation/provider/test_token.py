"""The token endpoint: codes, refresh tokens, client authentication, userinfo and revocation."""

import base64
from collections.abc import Callable
from datetime import timedelta

import jwt
import pytest
from django.test import Client
from django.utils import timezone

from federation.models import AuthorizationCode, BrowserSession, RefreshToken, TokenFamily
from identity.models import DirectoryUser, UserStatus
from tenants.actor import system
from tenants.models import Application, Tenant, TenantApplication, TenantStatus
from tenants.services.applications import rotate_application_secret
from tests.factories import ApplicationFactory
from tests.federation.browser import SECRET, Browser, challenge_of, json_of
from tests.federation.conftest import issuer
from tests.federation.provider.token_endpoint import at_once, code_of, error, userinfo

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("config.urls.signin")]


# Codes.


def test_a_code_is_bound_to_redirect_uri_and_pkce(browser: Browser) -> None:
    code = code_of(browser)
    assert error(browser.exchange(code, redirect_uri="https://app.example/other")) == "invalid_grant"
    assert error(browser.exchange(code, redirect_uri=None)) == "invalid_grant"
    assert error(browser.exchange(code, code_verifier="x" * 43)) == "invalid_grant"
    assert error(browser.exchange(code, code_verifier=None)) == "invalid_request"
    assert error(browser.exchange(code, code_verifier=challenge_of(browser.verifier))) == "invalid_grant"
    # None of those used it up: only the right client with the right verifier can.
    assert browser.exchange(code).status_code == 200


def test_a_code_is_bound_to_its_client(browser: Browser, acme: Tenant) -> None:
    other = ApplicationFactory.create()
    TenantApplication.objects.create(tenant=acme, application=other)
    code = code_of(browser)
    assert error(browser.exchange(code, client_id=other.client_id)) == "invalid_grant"
    assert browser.exchange(code).status_code == 200


def test_a_code_lives_for_a_minute(browser: Browser) -> None:
    code = code_of(browser)
    kept = AuthorizationCode.objects.get()
    assert kept.expires_at - kept.created_at <= timedelta(seconds=61)
    assert code not in kept.code_hash
    AuthorizationCode.objects.update(expires_at=timezone.now())
    assert error(browser.exchange(code)) == "invalid_grant"


def test_a_code_used_twice_ends_what_it_began(browser: Browser) -> None:
    code = code_of(browser)
    tokens = json_of(browser.exchange(code))
    assert userinfo(tokens["access_token"]).status_code == 200
    assert error(browser.exchange(code)) == "invalid_grant"
    assert error(browser.refresh(tokens["refresh_token"])) == "invalid_grant"
    assert userinfo(tokens["access_token"]).status_code == 401


def test_a_code_exchanged_many_times_at_once_works_once_at_most(browser: Browser) -> None:
    code = code_of(browser)
    answers = at_once(6, lambda: browser.exchange(code))
    winners = [answer.json() for answer in answers if answer.status_code == 200]
    assert len(winners) <= 1
    assert {answer.json()["error"] for answer in answers if answer.status_code != 200} == {"invalid_grant"}
    # The others were uses of a used code, so that what the first one began is over, be it before or after its answer.
    assert TokenFamily.objects.get().revoked_at is not None
    for winner in winners:
        assert error(browser.refresh(winner["refresh_token"])) == "invalid_grant"


def test_a_code_is_refused_once_its_user_is_disabled(browser: Browser) -> None:
    code = code_of(browser)
    DirectoryUser.objects.update(status=UserStatus.DISABLED)
    assert error(browser.exchange(code)) == "invalid_grant"


# Client authentication.


def test_both_ways_of_client_authentication(browser: Browser, assigned: Application) -> None:
    pair = base64.b64encode(f"{assigned.client_id}:{SECRET}".encode()).decode()
    body = {
        "grant_type": "authorization_code",
        "code": code_of(browser),
        "redirect_uri": assigned.redirect_uris[0],
        "code_verifier": browser.verifier,
    }
    response = Client().post("/oauth2/token", body, headers={"Authorization": f"Basic {pair}"})
    assert response.status_code == 200


@pytest.mark.parametrize("secret", ["wrong", "", None])
def test_a_wrong_secret(browser: Browser, secret: str | None) -> None:
    code = code_of(browser)
    assert error(browser.exchange(code, client_secret=secret), 401) == "invalid_client"
    assert browser.exchange(code).status_code == 200


def test_the_secret_before_works_until_it_ends(browser: Browser, assigned: Application) -> None:
    issued = rotate_application_secret(assigned.pk, actor=system("test"))
    tokens = browser.tokens_from_session()
    assigned.refresh_from_db()
    assert assigned.previous_secret_used_at is not None
    answer = browser.refresh(tokens["refresh_token"], client_secret=issued.secret)
    successor = json_of(answer)["refresh_token"]
    Application.objects.update(previous_secret_until=timezone.now())
    assert error(browser.refresh(successor), 401) == "invalid_client"
    assert browser.refresh(successor, client_secret=issued.secret).status_code == 200


def test_an_unknown_client(browser: Browser) -> None:
    assert error(browser.exchange(code_of(browser), client_id="app_unknown")) == "invalid_client"


def test_secrets_in_the_address_are_not_read(browser: Browser, assigned: Application) -> None:
    body = {"grant_type": "authorization_code", "code": code_of(browser), "code_verifier": browser.verifier}
    address = f"/oauth2/token?client_id={assigned.client_id}&client_secret={SECRET}"
    assert error(Client().post(address, body), 401) == "invalid_client"


def test_a_repeated_parameter_is_refused(browser: Browser) -> None:
    code = code_of(browser)
    body = {
        "grant_type": "authorization_code",
        "code": [code, code],
        "redirect_uri": browser.application.redirect_uris[0],
        "code_verifier": browser.verifier,
        "client_id": browser.application.client_id,
        "client_secret": SECRET,
    }
    assert error(Client().post("/oauth2/token", body)) == "invalid_request"


@pytest.mark.parametrize("grant", ["password", "client_credentials", "implicit"])
def test_other_grants_are_not_offered(browser: Browser, grant: str) -> None:
    assert error(browser.exchange("x", grant_type=grant)) == "unsupported_grant_type"


def test_get_is_not_allowed(assigned: Application) -> None:
    assert Client().get("/oauth2/token", {"grant_type": "authorization_code"}).status_code == 405


# Refresh tokens.


def test_a_refresh_token_is_replaced(browser: Browser, ann: DirectoryUser) -> None:
    first = browser.tokens_from_session()
    assert not RefreshToken.objects.filter(token_hash=first["refresh_token"]).exists()
    DirectoryUser.objects.update(name="Ann Other", role="admin")
    second = json_of(browser.refresh(first["refresh_token"]))
    assert second["refresh_token"] != first["refresh_token"]
    before, after = (jwt.decode(each["id_token"], options={"verify_signature": False}) for each in (first, second))
    # OpenID Connect Core section 12.2: the same person, client and time of sign-in.
    for name in ("iss", "sub", "aud", "auth_time", "sid", "nonce"):
        assert after[name] == before[name]
    assert (after["name"], after["roles"]) == ("Ann Other", ["admin"])
    assert browser.refresh(second["refresh_token"]).status_code == 200


def test_a_refresh_token_used_twice_ends_the_family(browser: Browser) -> None:
    first = browser.tokens_from_session()
    second = json_of(browser.refresh(first["refresh_token"]))
    assert error(browser.refresh(first["refresh_token"])) == "invalid_grant"
    assert error(browser.refresh(second["refresh_token"])) == "invalid_grant"
    assert userinfo(second["access_token"]).status_code == 401


def test_a_refresh_token_used_many_times_at_once(browser: Browser) -> None:
    first = browser.tokens_from_session()
    answers = at_once(6, lambda: browser.refresh(first["refresh_token"]))
    winners = [answer.json() for answer in answers if answer.status_code == 200]
    assert len(winners) <= 1
    assert TokenFamily.objects.get().revoked_at is not None
    for winner in winners:
        assert error(browser.refresh(winner["refresh_token"])) == "invalid_grant"


def test_a_refresh_token_of_another_client(browser: Browser) -> None:
    other = ApplicationFactory.create()
    first = browser.tokens_from_session()
    assert error(browser.refresh(first["refresh_token"], client_id=other.client_id)) == "invalid_grant"
    # It was not used up, and its family stands.
    assert browser.refresh(first["refresh_token"]).status_code == 200


def test_scope_can_be_narrowed_and_not_widened(browser: Browser) -> None:
    first = browser.tokens_from_session(scope="openid email")
    narrow = json_of(browser.refresh(first["refresh_token"], scope="openid"))
    assert narrow["scope"] == "openid"
    assert "email" not in userinfo(narrow["access_token"]).json()
    assert error(browser.refresh(narrow["refresh_token"], scope="openid profile")) == "invalid_scope"


def _disable_user() -> None:
    DirectoryUser.objects.update(status=UserStatus.DISABLED)


def _delete_user() -> None:
    DirectoryUser.objects.update(status=UserStatus.DELETING)


def _suspend_tenant() -> None:
    Tenant.objects.update(status=TenantStatus.SUSPENDED)


def _withdraw_application() -> None:
    TenantApplication.objects.all().delete()


def _end_session() -> None:
    BrowserSession.objects.update(ended_at=timezone.now())


def _let_session_age() -> None:
    BrowserSession.objects.update(auth_time=timezone.now() - timedelta(days=91))


@pytest.mark.parametrize(
    "change",
    [_disable_user, _delete_user, _suspend_tenant, _withdraw_application, _end_session, _let_session_age],
)
def test_who_may_not_any_more_gets_no_new_tokens(browser: Browser, change: Callable[[], None]) -> None:
    tokens = browser.tokens_from_session()
    change()
    assert userinfo(tokens["access_token"]).status_code == 401
    assert error(browser.refresh(tokens["refresh_token"])) == "invalid_grant"


# Userinfo and revocation.


def test_userinfo_follows_the_scope(browser: Browser, ann: DirectoryUser, acme: Tenant) -> None:
    response = userinfo(browser.tokens_from_session(scope="openid email")["access_token"])
    assert response["Cache-Control"] == "no-store"
    assert response.json() == {
        "sub": str(ann.pk),
        "org_id": str(acme.pk),
        "org_slug": "acme",
        "roles": [],
        "email": "ann@acme.example",
        "email_verified": True,
    }


def test_userinfo_wants_an_access_token(browser: Browser) -> None:
    tokens = browser.tokens_from_session()
    response = Client().get("/oauth2/userinfo")
    # Of who brought none, nothing is said that is wrong (RFC 6750 section 3.1).
    assert (response.status_code, response["WWW-Authenticate"]) == (401, f'Bearer realm="{issuer()}"')
    for wrong in (tokens["id_token"], tokens["refresh_token"], tokens["access_token"] + "x", ""):
        assert userinfo(wrong).status_code == 401


@pytest.mark.parametrize("kind", ["refresh_token", "access_token"])
def test_revoking_either_token_ends_both(browser: Browser, assigned: Application, kind: str) -> None:
    tokens = browser.tokens_from_session()
    body = {"token": tokens[kind], "client_id": assigned.client_id, "client_secret": SECRET}
    assert Client().post("/oauth2/revoke", body).status_code == 200
    assert error(browser.refresh(tokens["refresh_token"])) == "invalid_grant"
    assert userinfo(tokens["access_token"]).status_code == 401


def test_only_its_client_can_revoke_a_token(browser: Browser, assigned: Application) -> None:
    other = ApplicationFactory.create()
    tokens = browser.tokens_from_session()
    body = {"token": tokens["refresh_token"], "client_id": other.client_id, "client_secret": SECRET}
    unknown = {**body, "token": "never-issued"}
    answers = [Client().post("/oauth2/revoke", each) for each in (body, unknown)]
    assert [(answer.status_code, answer.content) for answer in answers] == [(200, b"{}")] * 2
    wrong = {"token": tokens["refresh_token"], "client_id": assigned.client_id, "client_secret": "wrong"}
    assert Client().post("/oauth2/revoke", wrong).status_code == 401
    assert browser.refresh(tokens["refresh_token"]).status_code == 200
