"""Signing in through an OpenID Connect provider, from the authorization request to tokens."""

import json
from collections.abc import Iterator
from typing import Any

import jwt
import pytest

from tests.local_cognito.browser import HTTP, App, claims_of, make_app, query_of, refusal_of
from tests.local_cognito.running import RunningCognito
from tests.support.oidc_idp import OidcIdp


@pytest.fixture
def provider() -> Iterator[OidcIdp]:
    running = OidcIdp()
    yield running
    running.stop()


@pytest.fixture
def app(cognito: RunningCognito, provider: OidcIdp) -> App:
    return make_app(cognito, "OIDC", provider.details())


def test_sign_in_gives_tokens_of_a_new_user(app: App, provider: OidcIdp) -> None:
    tokens = app.signed_in(app.through_oidc())
    [asked] = provider.seen
    assert asked["redirect_uri"] == f"{app.cognito.url}/oauth2/idpresponse"
    assert asked["scope"] == "openid email"
    assert asked["nonce"] != "n-1"
    identity, access = claims_of(tokens["id_token"]), claims_of(tokens["access_token"])
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 3600)
    assert identity["cognito:username"] == access["username"] == "acme-idp_u-1"
    assert (identity["email"], identity["email_verified"]) == ("ada@acme.example", False)
    assert identity["nonce"] == "n-1"
    assert (identity["aud"], access["client_id"]) == (app.client_id, app.client_id)
    assert (access["scope"], access["version"]) == ("openid email profile", 2)
    assert identity["cognito:groups"] == access["cognito:groups"] == [f"{app.pool_id}_acme-idp"]
    [named] = identity["identities"]
    assert named.pop("dateCreated").isdecimal()
    expected = {"userId": "u-1", "providerName": "acme-idp", "providerType": "OIDC", "issuer": None, "primary": "true"}
    assert named == expected
    user = app.user("acme-idp_u-1")
    assert user["status"] == "EXTERNAL_PROVIDER"
    assert json.loads(user["identities"])[0]["primary"] is True


def test_tokens_are_signed_and_at_hash_binds_them(app: App) -> None:
    tokens = app.signed_in(app.through_oidc())
    keys = jwt.PyJWKSet.from_dict(HTTP.get(f"{app.cognito.url}/{app.pool_id}/.well-known/jwks.json").json())
    header = jwt.get_unverified_header(tokens["id_token"])
    decoded = jwt.decode_complete(tokens["id_token"], keys[header["kid"]], algorithms=["RS256"], audience=app.client_id)
    digest = jwt.get_algorithm_by_name("RS256").compute_hash_digest(tokens["access_token"].encode())
    assert decoded["payload"]["at_hash"] == jwt.utils.base64url_encode(digest[:16]).decode()


def test_scopes_limit_what_tokens_say(cognito: RunningCognito, provider: OidcIdp) -> None:
    app = make_app(cognito, "OIDC", provider.details(), mapping={"email": "email", "name": "name"})
    provider.does.claims["name"] = "Ada"
    only_email = claims_of(app.signed_in(app.through_oidc(scope="openid email"))["id_token"])
    assert "email" in only_email
    assert "name" not in only_email
    assert claims_of(app.signed_in(app.through_oidc(scope="openid"))["id_token"])["name"] == "Ada"
    everything = app.signed_in(app.through_oidc(scope=None))
    assert claims_of(everything["access_token"])["scope"] == "openid email profile"


def test_without_openid_there_is_no_id_token(cognito: RunningCognito, provider: OidcIdp) -> None:
    scopes = ["openid", "aws.cognito.signin.user.admin"]
    app = make_app(cognito, "OIDC", provider.details(), AllowedOAuthScopes=scopes)
    tokens = app.signed_in(app.through_oidc(scope="aws.cognito.signin.user.admin"))
    assert "id_token" not in tokens
    assert app.idp.get_user(AccessToken=tokens["access_token"])["Username"] == "acme-idp_u-1"


def test_idp_identifier_chooses_the_provider(app: App, provider: OidcIdp) -> None:
    app.idp.update_identity_provider(UserPoolId=app.pool_id, ProviderName=app.provider, IdpIdentifiers=["acme.example"])
    answer = app.authorize(identity_provider=None, idp_identifier="acme.example")
    assert answer.headers["location"].startswith(f"{provider.issuer}/authorize?")
    unknown = app.authorize(identity_provider=None, idp_identifier="other.example")
    assert (unknown.status_code, "Login option is not available" in unknown.text) == (400, True)


def test_login_hint_and_prompt_go_along(app: App, provider: OidcIdp) -> None:
    app.through_oidc(login_hint="ada@acme.example", prompt="login")
    app.through_oidc(prompt="none")
    first, second = provider.seen
    assert (first["login_hint"], first["prompt"]) == ("ada@acme.example", "login")
    assert "prompt" not in second


def test_no_provider_named_shows_the_choice(app: App) -> None:
    answer = app.authorize(identity_provider=None)
    assert answer.status_code == 200
    assert "identity_provider=acme-idp" in answer.text


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "id_token"}, "invalid_request"),
        ({"response_type": "token"}, "unauthorized_client"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"scope": "openid phone"}, "invalid_scope"),
        ({"scope": "email"}, "invalid_scope"),
    ],
)
def test_refused_request_is_told_to_the_client(app: App, changes: Any, error: str) -> None:
    assert refusal_of(app.authorize(**changes))[0] == error


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_id": "absent"}, "invalid_client"),
        ({"client_id": None}, "invalid_request"),
        ({"redirect_uri": "https://app.acme.example/callback"}, "redirect_mismatch"),
        ({"redirect_uri": "https://app.acme.example/callback?keep=1&more"}, "redirect_mismatch"),
        ({"redirect_uri": "https://evil.example/"}, "redirect_mismatch"),
    ],
)
def test_request_of_nobody_is_shown_on_a_page(app: App, changes: Any, error: str) -> None:
    answer = app.authorize(**changes)
    assert answer.headers["location"].startswith(f"/error?error={error}")
    shown = HTTP.get(f"{app.cognito.url}{answer.headers['location']}")
    assert shown.status_code == 400
    assert error in shown.text


def test_client_without_oauth_has_no_address_to_answer_to(app: App) -> None:
    place: Any = {"UserPoolId": app.pool_id, "ClientId": app.client_id}
    app.idp.update_user_pool_client(**place, SupportedIdentityProviders=[app.provider])
    assert app.authorize().headers["location"].startswith("/error?error=redirect_mismatch")


def test_provider_that_the_client_does_not_list(app: App, provider: OidcIdp) -> None:
    app.idp.create_identity_provider(
        UserPoolId=app.pool_id,
        ProviderName="globex-idp",
        ProviderType="OIDC",
        ProviderDetails=provider.details(),
        AttributeMapping={"email": "email"},
    )
    for name in ("globex-idp", "absent"):
        answer = app.authorize(identity_provider=name)
        assert answer.status_code == 400
        assert "Login option is not available. Please try another one" in answer.text


def test_pool_without_domain_serves_nothing(app: App) -> None:
    domain = app.idp.describe_user_pool(UserPoolId=app.pool_id)["UserPool"]["Domain"]
    answer = app.through_oidc()
    app.idp.delete_user_pool_domain(UserPoolId=app.pool_id, Domain=domain)
    assert app.authorize().status_code == 404
    assert app.token(code=query_of(answer.headers["location"])["code"]).json()["error"] == "invalid_request"


def test_repeated_parameter_is_refused(app: App) -> None:
    asked: Any = [*app.asked().items(), ("state", "again")]
    assert HTTP.get(f"{app.cognito.url}/oauth2/authorize", params=asked).status_code == 400


@pytest.mark.parametrize(
    ("token", "header", "key", "words"),
    [
        ({}, {}, "wrong", "Bad id_token signature"),
        ({}, {}, "none", "Bad id_token algorithm none"),
        ({}, {}, "hmac", "Bad id_token algorithm HS256"),
        ({}, {"kid": None}, "", "Bad id_token: its header has no kid"),
        ({}, {"kid": "k2"}, "", "Bad id_token: there is no key k2"),
        ({"aud": "somebody"}, {}, "", "Bad id_token audience"),
        ({"aud": ["lifeguard", "other"], "azp": "other"}, {}, "", "Bad id_token authorized party"),
        ({"iss": "https://evil.example"}, {}, "", "Bad id_token issuer https://evil.example"),
        ({"exp": 1}, {}, "", "Bad id_token: it has expired"),
        ({"exp": None}, {}, "", 'Bad id_token: Token is missing the "exp" claim'),
        ({"iat": 9_999_999_999}, {}, "", "Bad id_token: The token is not yet valid (iat)"),
        ({"nonce": "n-1"}, {}, "", "Bad id_token nonce"),
        ({"nonce": None}, {}, "", "Bad id_token nonce"),
    ],
)
def test_id_token_that_does_not_hold(
    app: App, provider: OidcIdp, token: dict[str, Any], header: dict[str, Any], key: str, words: str
) -> None:
    provider.does.token, provider.does.header, provider.does.key = token, header, key
    assert refusal_of(app.through_oidc()) == ("invalid_request", words)
    assert app.idp.list_users(UserPoolId=app.pool_id)["Users"] == []


def test_userinfo_of_somebody_else_is_refused(app: App, provider: OidcIdp) -> None:
    provider.does.userinfo = {"sub": "u-2", "email": "eve@acme.example"}
    assert refusal_of(app.through_oidc()) == ("invalid_request", "Bad userInfo subject")


def test_userinfo_adds_to_the_id_token(app: App, provider: OidcIdp) -> None:
    provider.does.claims = {"sub": "u-1"}
    provider.does.userinfo = {"email": "ada@acme.example"}
    assert claims_of(app.signed_in(app.through_oidc())["id_token"])["email"] == "ada@acme.example"


def test_errors_of_the_provider_go_on_to_the_client(app: App, provider: OidcIdp) -> None:
    provider.does.refusal = "access_denied"
    assert refusal_of(app.through_oidc()) == ("access_denied", "The person said no")
    provider.does.refusal, provider.does.token_refusal = "", "invalid_request"
    assert refusal_of(app.through_oidc()) == (
        "invalid_request",
        "acme-idp Error - 400 invalid_request Ordered by a test",
    )
    provider.does.token_refusal = ""
    provider.does.userinfo = None
    assert refusal_of(app.through_oidc())[1] == "acme-idp Error - 500 server_error"


def test_wrong_client_secret_at_the_provider(cognito: RunningCognito, provider: OidcIdp) -> None:
    app = make_app(cognito, "OIDC", provider.details(client_secret="wrong"))
    assert refusal_of(app.through_oidc()) == (
        "invalid_client",
        "acme-idp Error - 401 invalid_client The secret is wrong",
    )


def test_discovery_of_another_issuer_and_unreachable(cognito: RunningCognito, provider: OidcIdp) -> None:
    other = provider.issuer.replace("127.0.0.1", "localhost")
    app = make_app(cognito, "OIDC", provider.details(oidc_issuer=other))
    assert refusal_of(app.authorize())[1] == f"acme-idp Error - the discovery document is that of {provider.issuer}"
    app = make_app(cognito, "OIDC", provider.details(oidc_issuer=f"{provider.issuer}/absent"))
    assert refusal_of(app.authorize())[1] == "acme-idp Error - 404 server_error"
    app = make_app(cognito, "OIDC", provider.details(oidc_issuer="http://127.0.0.1:1"))
    assert refusal_of(app.authorize()) == ("server_error", "acme-idp Error - ConnectError")


def test_endpoints_that_are_configured_need_no_discovery(cognito: RunningCognito, provider: OidcIdp) -> None:
    here = provider.issuer
    addresses = {"authorize_url": f"{here}/authorize", "token_url": f"{here}/token", "jwks_uri": f"{here}/jwks"}
    app = make_app(cognito, "OIDC", provider.details(**addresses, oidc_issuer="https://idp.example"))
    provider.does.token = {"iss": "https://idp.example"}
    assert claims_of(app.signed_in(app.through_oidc())["id_token"])["email"] == "ada@acme.example"


def test_answer_works_once_and_for_five_minutes(app: App, own_cognito: RunningCognito, provider: OidcIdp) -> None:
    at_provider = HTTP.get(app.authorize().headers["location"]).headers["location"]
    assert HTTP.get(at_provider).status_code == 302
    again = HTTP.get(at_provider)
    assert (again.status_code, "Invalid relayState from identity provider" in again.text) == (400, True)
    late = make_app(own_cognito, "OIDC", provider.details())
    at_provider = HTTP.get(late.authorize().headers["location"]).headers["location"]
    own_cognito.advance(301)
    assert HTTP.get(at_provider).status_code == 400
    code = query_of(late.through_oidc().headers["location"])["code"]
    own_cognito.advance(301)
    assert late.token(code=code).json() == {"error": "invalid_grant"}


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


def test_answers_count_as_federation(provider: OidcIdp, tmp_path: Any) -> None:
    running = RunningCognito(tmp_path / "cognito", quota_scale=1)
    try:
        app = make_app(running, "OIDC", provider.details())
        app.signed_in(app.through_oidc())
        counted = {item["category"]: item["allowed"] for item in running.control("GET", "quotas")["categories"]}
        assert counted["UserFederation"] == 1
        running.control("POST", "quotas", {"scale": 0.0001})
        assert app.through_oidc().status_code == 302
        assert app.through_oidc().status_code == 429
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
