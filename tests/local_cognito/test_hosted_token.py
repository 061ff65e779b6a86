"""The token endpoint and its neighbours, request rates, and the social providers."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_cognito.browser import HTTP, App, claims_of, make_app, query_of, refusal_of
from tests.local_cognito.refusals import refusal
from tests.local_cognito.running import RunningCognito
from tests.support.oidc_idp import OidcIdp


@pytest.fixture
def app(cognito: RunningCognito, provider: OidcIdp) -> App:
    return make_app(cognito, "OIDC", provider.details())


@pytest.mark.parametrize(
    "changes",
    [
        {"code_verifier": None},
        {"code_verifier": "x" * 43},
        {"redirect_uri": "https://app.acme.example/callback"},
        {"code": "invented"},
    ],
)
def test_code_needs_what_it_was_asked_with(app: App, changes: Any) -> None:
    code = query_of(app.through_oidc().headers["location"])["code"]
    response = app.token(**{"code": code, **changes})
    assert (response.status_code, response.json()) == (400, {"error": "invalid_grant"})
    if "code" not in changes:
        # One guess: then the code is used up.
        assert app.token(code=code).json() == {"error": "invalid_grant"}


def test_code_is_good_once_and_for_its_client(app: App, cognito: RunningCognito, provider: OidcIdp) -> None:
    code = query_of(app.through_oidc().headers["location"])["code"]
    assert app.token(code=code).status_code == 200
    assert app.token(code=code).json() == {"error": "invalid_grant"}
    other = make_app(cognito, "OIDC", provider.details())
    other.verifier = app.verifier
    assert other.token(code=query_of(app.through_oidc().headers["location"])["code"]).json()["error"] == "invalid_grant"


def test_verifier_without_challenge_is_refused(app: App) -> None:
    plain = app.through_oidc(code_challenge=None, code_challenge_method=None)
    assert app.token(code=query_of(plain.headers["location"])["code"]).json() == {"error": "invalid_grant"}
    plain = app.through_oidc(code_challenge=None, code_challenge_method=None)
    assert "id_token" in app.signed_in(plain, code_verifier=None)


def test_client_secret_by_basic_and_by_post(app: App, cognito: RunningCognito, provider: OidcIdp) -> None:
    code = query_of(app.through_oidc().headers["location"])["code"]
    assert app.token(code=code, basic=False).status_code == 200
    code = query_of(app.through_oidc().headers["location"])["code"]
    wrong: list[Any] = [{"client_secret": None}, {"client_secret": "wrong"}, {"client_id": "absent"}]
    for changes in wrong:
        response = app.token(basic=False, **{"code": code, **changes})
        assert (response.status_code, response.json()["error"]) == (400, "invalid_client")
    assert app.token(code=code, client_secret="again").json()["error"] == "invalid_request"
    assert app.token(code=code).status_code == 200
    public = make_app(cognito, "OIDC", provider.details(), confidential=False)
    tokens = public.signed_in(public.through_oidc())
    assert "refresh_token" in tokens
    assert public.token(code="x", client_secret="invented").json()["error"] == "invalid_client"


def test_the_endpoint_refreshes_its_own_sign_ins_alone_where_devices_are_tracked(app: App) -> None:
    app.idp.update_user_pool(UserPoolId=app.pool_id, DeviceConfiguration={"ChallengeRequiredOnNewDevice": True})
    own = app.signed_in(app.through_oidc())
    assert "device_key" not in claims_of(own["access_token"])
    refreshed = app.token(grant_type="refresh_token", refresh_token=own["refresh_token"])
    assert refreshed.status_code == 200
    # The API demands a device, which such a sign-in has not.
    hashed = base64.b64encode(
        hmac.digest(str(app.secret).encode(), (_username(own) + app.client_id).encode(), hashlib.sha256)
    ).decode()
    with pytest.raises(ClientError) as caught:
        app.idp.initiate_auth(
            ClientId=app.client_id,
            AuthFlow="REFRESH_TOKEN_AUTH",
            AuthParameters={"REFRESH_TOKEN": own["refresh_token"], "SECRET_HASH": hashed},
        )
    assert refusal(caught) == ("NotAuthorizedException", "Invalid Refresh Token")


def _username(tokens: dict[str, str]) -> str:
    return str(claims_of(tokens["access_token"])["username"])


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"grant_type": None}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "authorization_code"}, "invalid_request"),
        ({"grant_type": "refresh_token"}, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": "invented"}, "invalid_grant"),
    ],
)
def test_token_requests_that_mean_nothing(app: App, form: Any, error: str) -> None:
    assert app.token(**form).json()["error"] == error


def test_refresh_keeps_scopes_and_ends_with_revocation(app: App) -> None:
    tokens = app.signed_in(app.through_oidc(scope="openid email"))
    refreshing: Any = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    answer = app.token(**refreshing)
    renewed = answer.json()
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "refresh_token" not in renewed
    assert claims_of(renewed["access_token"])["scope"] == "openid email"
    assert "nonce" not in claims_of(renewed["id_token"])
    secret = app.secret
    assert secret is not None
    form = {"token": tokens["refresh_token"]}
    assert HTTP.post(f"{app.cognito.url}/oauth2/revoke", data=form, auth=(app.client_id, secret)).status_code == 200
    assert app.token(**refreshing).json()["error"] == "invalid_grant"
    refused = HTTP.post(f"{app.cognito.url}/oauth2/revoke", data=form, auth=(app.client_id, "wrong"))
    assert refused.json()["error"] == "invalid_client"


def test_user_info(app: App) -> None:
    tokens = app.signed_in(app.through_oidc())
    url, headers = f"{app.cognito.url}/oauth2/userInfo", {"Authorization": f"Bearer {tokens['access_token']}"}
    shown = HTTP.get(url, headers=headers).json()
    assert shown["sub"] == claims_of(tokens["id_token"])["sub"]
    assert (shown["username"], shown["email"], shown["email_verified"]) == ("acme-idp_u-1", "ada@acme.example", "false")
    assert json.loads(shown["identities"])[0]["userId"] == "u-1"
    wrong: list[dict[str, str]] = [{}, *({"Authorization": f"Bearer {token}"} for token in (tokens["id_token"], "x"))]
    for bad in wrong:
        refused = HTTP.get(url, headers=bad)
        assert (refused.status_code, refused.json()["error"]) == (401, "invalid_token")
    app.idp.admin_disable_user(UserPoolId=app.pool_id, Username="acme-idp_u-1")
    assert HTTP.get(url, headers=headers).status_code == 401


def test_logout_sends_the_browser_on(app: App) -> None:
    url = f"{app.cognito.url}/logout"
    answer = HTTP.get(url, params={"client_id": app.client_id, "logout_uri": "https://app.acme.example/bye"})
    assert (answer.status_code, answer.headers["location"]) == (302, "https://app.acme.example/bye")
    wrong = HTTP.get(url, params={"client_id": app.client_id, "logout_uri": "https://evil.example"})
    assert wrong.headers["location"].startswith("/error?error=redirect_mismatch")
    again = HTTP.get(url, params=app.asked())
    assert again.headers["location"].startswith("/login?")
    assert HTTP.get(url).headers["location"] == "/error?error=invalid_request"


def test_requests_are_counted(provider: OidcIdp, tmp_path: Any) -> None:
    running = RunningCognito(tmp_path / "cognito", quota_scale=1)
    try:
        app = make_app(running, "OIDC", provider.details())
        tokens = app.signed_in(app.through_oidc())
        assert app.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"]).status_code == 200
        counted = {item["category"]: item["allowed"] for item in running.control("GET", "quotas")["categories"]}
        names = ("UserFederation", "CodeRedemption", "UserAuthentication")
        assert [counted[name] for name in names] == [1, 1, 1]
        running.control("POST", "quotas", {"scale": 0.0001})
        assert app.through_oidc().status_code == 302
        assert app.through_oidc().status_code == 429
        assert app.token(code="first").status_code == 400
        assert app.token(code="second").status_code == 429
    finally:
        running.stop()


@pytest.mark.parametrize("kind", ["Google", "Facebook", "LoginWithAmazon", "SignInWithApple"])
def test_social_providers_are_where_they_are_said_to_be(
    own_cognito: RunningCognito, provider: OidcIdp, kind: str
) -> None:
    details = {"client_id": "lifeguard", "client_secret": "correct horse & battery", "authorize_scopes": "openid email"}
    if kind == "Facebook":
        details["api_version"] = "v20.0"
    if kind == "SignInWithApple":
        key = {"team_id": "T", "key_id": "K", "private_key": "not a key"}
        details = {"client_id": "lifeguard", "authorize_scopes": "email name", **key}
    app = make_app(own_cognito, kind, details)
    assert "POST /_local/social" in refusal_of(app.authorize())[1]
    own_cognito.control("POST", "social", {kind: provider.issuer})
    if kind == "SignInWithApple":
        assert refusal_of(app.authorize())[1] == "SignInWithApple Error - the private key cannot be read"
        return
    provider.does.userinfo = {"id": "f-1", "user_id": "a-1", "email": "ada@acme.example"}
    identity = claims_of(app.signed_in(app.through_oidc())["id_token"])
    subject = {"Facebook": "f-1", "LoginWithAmazon": "a-1"}.get(kind, "u-1")
    assert identity["cognito:username"] == f"{kind}_{subject}".lower()
    assert identity["identities"][0]["providerType"] == kind
