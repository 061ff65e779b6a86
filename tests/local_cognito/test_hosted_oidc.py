"""Signing in through an OpenID Connect provider, from the authorization request to tokens."""

import json
from typing import Any

import jwt
import pytest

from tests.local_cognito.browser import HTTP, App, claims_of, make_app, query_of, refusal_of
from tests.local_cognito.running import RunningCognito
from tests.support.oidc_idp import OidcIdp


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
