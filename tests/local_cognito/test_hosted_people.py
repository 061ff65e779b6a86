"""Who a federated user becomes: names, attributes that a mapping may and may not write, links, and who is kept out."""

import json
from typing import Any

import pytest

from tests.local_cognito.browser import App, claims_of, make_app, refusal_of, usernames
from tests.local_cognito.running import RunningCognito
from tests.support.oidc_idp import OidcIdp

TEAM = {
    "Name": "team",
    "AttributeDataType": "String",
    "Mutable": True,
    "StringAttributeConstraints": {"MaxLength": "9"},
}
BADGE = {"Name": "badge", "AttributeDataType": "Number", "Mutable": False}
TOO_LONG = "failed to satisfy constraint: Member must have length less than or equal to 128"
ALL = ["email", "name", "custom:team", "custom:badge"]
MAPPING = {"email": "email", "name": "name", "custom:team": "team"}


def _app(cognito: RunningCognito, provider: OidcIdp, schema: list[Any] | None = None, **settings: Any) -> App:
    pool = {"Schema": [TEAM, BADGE] if schema is None else schema, **settings.pop("pool", {})}
    given = {"mapping": MAPPING, "WriteAttributes": ALL, "ReadAttributes": ALL, **settings}
    return make_app(cognito, "OIDC", provider.details(), pool=pool, **given)


@pytest.fixture
def app(cognito: RunningCognito, provider: OidcIdp) -> App:
    return _app(cognito, provider)


def test_name_follows_the_case_of_the_pool(app: App, cognito: RunningCognito, provider: OidcIdp) -> None:
    provider.does.claims["sub"] = "Ada.L"
    assert claims_of(app.signed_in(app.through_oidc())["id_token"])["cognito:username"] == "acme-idp_ada.l"
    assert claims_of(app.signed_in(app.through_oidc())["id_token"])["identities"][0]["userId"] == "Ada.L"
    sensitive = _app(cognito, provider, pool={"UsernameConfiguration": {"CaseSensitive": True}})
    assert claims_of(sensitive.signed_in(sensitive.through_oidc())["id_token"])["cognito:username"] == "acme-idp_Ada.L"


def test_second_sign_in_is_the_same_user_with_new_values(app: App, provider: OidcIdp) -> None:
    provider.does.claims |= {"name": "Ada", "team": "red", "unmapped": "x"}
    first = claims_of(app.signed_in(app.through_oidc())["id_token"])
    assert (first["name"], first["custom:team"]) == ("Ada", "red")
    # A claim that stops arriving leaves the old value; one that arrives empty is no value either.
    provider.does.claims = {"sub": "u-1", "email": "ada.l@acme.example", "team": "", "name": None}
    second = claims_of(app.signed_in(app.through_oidc())["id_token"])
    assert second["sub"] == first["sub"]
    assert (second["name"], second["custom:team"], second["email"]) == ("Ada", "red", "ada.l@acme.example")
    assert len(usernames(app)) == 1
    groups = app.idp.list_groups(UserPoolId=app.pool_id)["Groups"]
    assert [group["GroupName"] for group in groups] == [f"{app.pool_id}_acme-idp"]


def test_values_that_are_no_texts(app: App, provider: OidcIdp) -> None:
    provider.does.claims |= {"team": 7, "name": ["a", True, 1]}
    identity = claims_of(app.signed_in(app.through_oidc())["id_token"])
    assert (identity["custom:team"], identity["name"]) == ("7", "[a,true,1]")


@pytest.mark.parametrize("mapped", [True, False])
def test_address_is_verified_only_where_that_is_mapped(
    cognito: RunningCognito, provider: OidcIdp, *, mapped: bool
) -> None:
    mapping = {**MAPPING, **({"email_verified": "email_verified"} if mapped else {})}
    app = _app(cognito, provider, mapping=mapping, ReadAttributes=[*ALL, "email_verified"])
    provider.does.claims["email_verified"] = True
    for _ in range(2):
        assert claims_of(app.signed_in(app.through_oidc())["id_token"])["email_verified"] is mapped


def test_missing_required_attribute(cognito: RunningCognito, provider: OidcIdp) -> None:
    app = _app(cognito, provider, [{"Name": "email", "Required": True, "Mutable": True}, TEAM, BADGE])
    del provider.does.claims["email"]
    assert refusal_of(app.through_oidc()) == ("invalid_request", "attributes required: [email]")
    assert usernames(app) == []


def test_immutable_target_fails_at_the_second_sign_in(cognito: RunningCognito, provider: OidcIdp) -> None:
    app = _app(cognito, provider, mapping={**MAPPING, "custom:badge": "badge"})
    provider.does.claims["badge"] = 7
    app.signed_in(app.through_oidc())
    assert refusal_of(app.through_oidc()) == ("invalid_request", "user.custom:badge: Attribute cannot be updated.")


def test_target_that_the_client_cannot_write(cognito: RunningCognito, provider: OidcIdp) -> None:
    app = _app(cognito, provider, WriteAttributes=["email", "name"])
    app.signed_in(app.through_oidc())
    provider.does.claims["team"] = "red"
    assert refusal_of(app.through_oidc())[1] == "A client attempted to write unauthorized attribute"


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        (
            {"team": "x" * 10},
            "The value of the attribute custom:team must have a length less than or equal to 9 characters",
        ),
        (
            {"name": "x" * 2049},
            "The value of the attribute name must have a length less than or equal to 2048 characters",
        ),
        ({"name": "Ada \N{GRINNING FACE}"}, "The value of the attribute name has characters that are not supported"),
        ({"email": "no address"}, "Invalid email address format."),
        (
            {"sub": "x" * 120},
            f"1 validation error detected: Value 'acme-idp_{'x' * 120}' at 'userName' {TOO_LONG}",
        ),
    ],
)
def test_value_that_cannot_be_stored(app: App, provider: OidcIdp, claims: dict[str, Any], words: str) -> None:
    provider.does.claims |= claims
    assert refusal_of(app.through_oidc()) == ("invalid_request", words)
    assert usernames(app) == []


def test_refused_change_leaves_the_user_as_it_was(app: App, provider: OidcIdp) -> None:
    app.signed_in(app.through_oidc())
    provider.does.claims |= {"name": "New", "team": "x" * 10}
    refusal_of(app.through_oidc())
    assert "name" not in app.user("acme-idp_u-1")


def test_disabled_user_is_refused(app: App) -> None:
    tokens = app.signed_in(app.through_oidc())
    app.idp.admin_disable_user(UserPoolId=app.pool_id, Username="acme-idp_u-1")
    assert refusal_of(app.through_oidc()) == ("invalid_request", "User is not enabled")
    refreshed = app.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert refreshed.json()["error"] == "invalid_grant"
    app.idp.admin_enable_user(UserPoolId=app.pool_id, Username="acme-idp_u-1")
    assert "id_token" in app.signed_in(app.through_oidc())


def test_deleted_user_comes_back_as_another(app: App) -> None:
    first = claims_of(app.signed_in(app.through_oidc())["id_token"])["sub"]
    app.idp.admin_delete_user(UserPoolId=app.pool_id, Username="acme-idp_u-1")
    assert claims_of(app.signed_in(app.through_oidc())["id_token"])["sub"] != first


def test_somebody_elses_user_of_that_name_is_not_taken(app: App) -> None:
    app.idp.admin_create_user(UserPoolId=app.pool_id, Username="acme-idp_u-1", MessageAction="SUPPRESS")
    assert refusal_of(app.through_oidc()) == ("server_error", "Invalid ProviderName/Username combination.")


def _link(app: App, attribute: str, value: str) -> None:
    app.idp.admin_create_user(UserPoolId=app.pool_id, Username="local", MessageAction="SUPPRESS")
    app.idp.admin_link_provider_for_user(
        UserPoolId=app.pool_id,
        DestinationUser={"ProviderName": "Cognito", "ProviderAttributeValue": "local"},
        SourceUser={
            "ProviderName": "acme-idp",
            "ProviderAttributeName": attribute,
            "ProviderAttributeValue": value,
        },
    )


@pytest.mark.parametrize(("attribute", "value"), [("Cognito_Subject", "u-1"), ("email", "ada@acme.example")])
def test_linked_identity_signs_in_as_the_local_user(app: App, attribute: str, value: str) -> None:
    _link(app, attribute, value)
    identity = claims_of(app.signed_in(app.through_oidc())["id_token"])
    assert identity["cognito:username"] == "local"
    assert identity["email"] == "ada@acme.example"
    assert identity["identities"][0]["primary"] == "false"
    assert "cognito:groups" not in identity
    assert usernames(app) == ["local"]


def test_who_has_signed_in_cannot_be_linked(app: App) -> None:
    app.signed_in(app.through_oidc())
    with pytest.raises(app.idp.exceptions.InvalidParameterException):
        _link(app, "Cognito_Subject", "u-1")


def test_tokens_of_the_provider_can_be_mapped(cognito: RunningCognito, provider: OidcIdp) -> None:
    mapping = {"email": "email", "custom:team": "access_token"}
    app = _app(cognito, provider, mapping=mapping)
    assert claims_of(app.signed_in(app.through_oidc())["id_token"])["custom:team"] == "at-u-1"


def test_everything_outlives_a_restart(own_cognito: RunningCognito, provider: OidcIdp) -> None:
    app = _app(own_cognito, provider)
    tokens = app.signed_in(app.through_oidc())
    own_cognito.kill()
    own_cognito.restart()
    app.idp = own_cognito.client()
    assert json.loads(app.user("acme-idp_u-1")["identities"])[0]["providerName"] == "acme-idp"
    assert app.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"]).status_code == 200
    assert claims_of(app.signed_in(app.through_oidc())["id_token"])["sub"] == claims_of(tokens["id_token"])["sub"]
