"""App clients, resource servers, identity providers, groups."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
from mypy_boto3_cognito_idp.type_defs import ResourceServerScopeTypeTypeDef

from tests.local_cognito.cast import make_place, make_pool
from tests.local_cognito.refusals import refusal

OAUTH: dict[str, Any] = {
    "AllowedOAuthFlowsUserPoolClient": True,
    "AllowedOAuthFlows": ["code"],
    "AllowedOAuthScopes": ["openid"],
    "CallbackURLs": ["https://app.acme.example/callback"],
}
OIDC = {
    "client_id": "lifeguard",
    "client_secret": "s",
    "authorize_scopes": "openid email",
    "attributes_request_method": "GET",
    "oidc_issuer": "https://idp.acme.example",
}
SCOPE: ResourceServerScopeTypeTypeDef = {"ScopeName": "read", "ScopeDescription": "read orders"}
METADATA = """<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.acme.example">
<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>
<ds:X509Certificate>MIIB</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp/sso"/>
</md:IDPSSODescriptor></md:EntityDescriptor>"""


def test_update_resets_what_it_omits(idp: CognitoIdentityProviderClient) -> None:
    place = make_place(idp, confidential=True, **OAUTH, AuthSessionValidity=15, PreventUserExistenceErrors="ENABLED")
    updated = idp.update_user_pool_client(UserPoolId=place.pool_id, ClientId=place.client_id)["UserPoolClient"]
    for name in ("CallbackURLs", "AllowedOAuthFlows", "AllowedOAuthScopes", "ExplicitAuthFlows"):
        assert name not in updated
    assert updated["AuthSessionValidity"] == 3
    assert updated["PreventUserExistenceErrors"] == "LEGACY"
    assert (updated["ClientName"], updated["ClientSecret"]) == ("app", place.secret)
    described = idp.describe_user_pool_client(UserPoolId=place.pool_id, ClientId=place.client_id)["UserPoolClient"]
    assert described == updated


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"AllowedOAuthFlowsUserPoolClient": False}, "InvalidParameterException"),
        ({"SupportedIdentityProviders": ["okta"]}, "InvalidParameterException"),
        ({"AllowedOAuthScopes": ["orders/read"]}, "ScopeDoesNotExistException"),
        ({"AllowedOAuthFlows": []}, "InvalidOAuthFlowException"),
        ({"AllowedOAuthFlows": ["code", "client_credentials"]}, "InvalidOAuthFlowException"),
        ({"AllowedOAuthFlows": ["client_credentials"]}, "InvalidOAuthFlowException"),
        ({"CallbackURLs": ["http://app.acme.example/"]}, "InvalidParameterException"),
        ({"CallbackURLs": ["https://app.acme.example/#top"]}, "InvalidParameterException"),
        ({"CallbackURLs": ["/callback"]}, "InvalidParameterException"),
        ({"DefaultRedirectURI": "https://other.example/"}, "InvalidParameterException"),
        ({"AccessTokenValidity": 4, "TokenValidityUnits": {"AccessToken": "minutes"}}, "InvalidParameterException"),
        ({"RefreshTokenValidity": 59, "TokenValidityUnits": {"RefreshToken": "minutes"}}, "InvalidParameterException"),
        ({"WriteAttributes": ["email_verified"]}, "InvalidParameterException"),
        ({"ReadAttributes": ["custom:absent"]}, "InvalidParameterException"),
        ({"ExplicitAuthFlows": ["USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH"]}, "InvalidParameterException"),
        ({"RefreshTokenRotation": {"Feature": "ENABLED"}}, "InvalidParameterException"),
        ({"EnablePropagateAdditionalUserContextData": True}, "InvalidParameterException"),
        ({"SupportedIdentityProviders": ["COGNITO", "COGNITO"]}, "InvalidParameterException"),
        (
            {"CallbackURLs": [f"https://app.acme.example/{number}" for number in range(101)]},
            "InvalidParameterException",
        ),
        ({"AllowedOAuthScopes": [f"orders/{number}" for number in range(51)]}, "InvalidParameterException"),
        ({"AuthSessionValidity": 16}, "InvalidParameterException"),
    ],
)
def test_impossible_settings_are_refused(
    idp: CognitoIdentityProviderClient, changed: dict[str, Any], code: str
) -> None:
    pool_id = make_pool(idp)
    with pytest.raises(ClientError) as caught:
        idp.create_user_pool_client(UserPoolId=pool_id, ClientName="app", **{**OAUTH, **changed})
    assert refusal(caught)[0] == code


@pytest.mark.parametrize("url", ["http://localhost:3000/cb", "http://127.0.0.1/cb", "http://[::1]:9/cb", "myapp://cb"])
def test_loopback_and_app_callbacks_are_taken(idp: CognitoIdentityProviderClient, url: str) -> None:
    made = make_place(idp, **{**OAUTH, "CallbackURLs": [url]})
    described = idp.describe_user_pool_client(UserPoolId=made.pool_id, ClientId=made.client_id)["UserPoolClient"]
    assert described["CallbackURLs"] == [url]


def test_scopes_and_providers_that_exist_are_taken(idp: CognitoIdentityProviderClient) -> None:
    pool_id = make_pool(idp)
    idp.create_resource_server(UserPoolId=pool_id, Identifier="orders", Name="Orders", Scopes=[SCOPE])
    idp.create_identity_provider(UserPoolId=pool_id, ProviderName="okta", ProviderType="OIDC", ProviderDetails=OIDC)
    settings = {
        **OAUTH,
        "AllowedOAuthScopes": ["orders/read", "openid"],
        "SupportedIdentityProviders": ["okta", "COGNITO"],
    }
    made = idp.create_user_pool_client(UserPoolId=pool_id, ClientName="app", **settings)["UserPoolClient"]
    assert made["SupportedIdentityProviders"] == ["okta", "COGNITO"]
    machine = idp.create_user_pool_client(
        UserPoolId=pool_id,
        ClientName="machine",
        GenerateSecret=True,
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthFlows=["client_credentials"],
        AllowedOAuthScopes=["orders/read"],
    )["UserPoolClient"]
    assert len(machine["ClientSecret"]) == 51
    listed = idp.list_user_pool_clients(UserPoolId=pool_id, MaxResults=1)
    assert len(listed["UserPoolClients"]) == 1
    rest = idp.list_user_pool_clients(UserPoolId=pool_id, MaxResults=1, NextToken=listed["NextToken"])
    assert {listed["UserPoolClients"][0]["ClientId"], rest["UserPoolClients"][0]["ClientId"]} == {
        made["ClientId"],
        machine["ClientId"],
    }


def test_caller_chosen_secret_is_not_echoed(idp: CognitoIdentityProviderClient) -> None:
    pool_id = make_pool(idp)
    made = idp.create_user_pool_client(UserPoolId=pool_id, ClientName="app", ClientSecret="x" * 24)["UserPoolClient"]
    assert "ClientSecret" not in made


def test_deleted_client_is_gone(idp: CognitoIdentityProviderClient) -> None:
    place = make_place(idp)
    place.add_user("ada")
    idp.delete_user_pool_client(UserPoolId=place.pool_id, ClientId=place.client_id)
    with pytest.raises(ClientError) as caught:
        place.password_sign_in("ada")
    assert refusal(caught)[0] == "ResourceNotFoundException"


def test_resource_server_update_replaces_scopes(idp: CognitoIdentityProviderClient) -> None:
    pool_id = make_pool(idp)
    idp.create_resource_server(UserPoolId=pool_id, Identifier="orders", Name="Orders", Scopes=[SCOPE])
    with pytest.raises(ClientError) as caught:
        idp.create_resource_server(UserPoolId=pool_id, Identifier="orders", Name="Again")
    assert refusal(caught)[0] == "InvalidParameterException"
    idp.update_resource_server(UserPoolId=pool_id, Identifier="orders", Name="Orders")
    assert idp.describe_resource_server(UserPoolId=pool_id, Identifier="orders")["ResourceServer"]["Scopes"] == []
    assert len(idp.list_resource_servers(UserPoolId=pool_id)["ResourceServers"]) == 1
    idp.delete_resource_server(UserPoolId=pool_id, Identifier="orders")
    assert idp.list_resource_servers(UserPoolId=pool_id)["ResourceServers"] == []


def test_group_update_keeps_what_it_omits(idp: CognitoIdentityProviderClient) -> None:
    pool_id = make_pool(idp)
    group = idp.create_group(UserPoolId=pool_id, GroupName="admins", Description="all", Precedence=3)["Group"]
    assert "RoleArn" not in group
    updated = idp.update_group(UserPoolId=pool_id, GroupName="admins", Precedence=1)["Group"]
    assert (updated["Description"], updated["Precedence"]) == ("all", 1)
    with pytest.raises(ClientError) as caught:
        idp.create_group(UserPoolId=pool_id, GroupName="admins")
    assert refusal(caught)[0] == "GroupExistsException"


def test_membership(idp: CognitoIdentityProviderClient) -> None:
    place = make_place(idp)
    for name in ("ada", "grace", "mary"):
        place.add_user(name)
        idp.create_group(UserPoolId=place.pool_id, GroupName=f"group-{name}")
        idp.admin_add_user_to_group(UserPoolId=place.pool_id, Username="ada", GroupName=f"group-{name}")
        idp.admin_add_user_to_group(UserPoolId=place.pool_id, Username=name, GroupName="group-ada")
    pages = idp.get_paginator("admin_list_groups_for_user").paginate(
        UserPoolId=place.pool_id, Username="ada", PaginationConfig={"PageSize": 2}
    )
    assert [[group["GroupName"] for group in page["Groups"]] for page in pages] == [
        ["group-ada", "group-grace"],
        ["group-mary"],
    ]
    members = idp.list_users_in_group(UserPoolId=place.pool_id, GroupName="group-ada")["Users"]
    assert {user["Username"] for user in members} == {"ada", "grace", "mary"}
    idp.admin_remove_user_from_group(UserPoolId=place.pool_id, Username="mary", GroupName="group-ada")
    idp.admin_delete_user(UserPoolId=place.pool_id, Username="grace")
    members = idp.list_users_in_group(UserPoolId=place.pool_id, GroupName="group-ada")["Users"]
    assert [user["Username"] for user in members] == ["ada"]
    idp.delete_group(UserPoolId=place.pool_id, GroupName="group-ada")
    with pytest.raises(ClientError) as caught:
        idp.get_group(UserPoolId=place.pool_id, GroupName="group-ada")
    assert refusal(caught)[0] == "ResourceNotFoundException"


@pytest.mark.parametrize(
    ("name", "kind", "details"),
    [
        ("okta", "OIDC", {**OIDC, "oidc_issuer": "http://idp.acme.example"}),
        ("okta", "OIDC", {**OIDC, "oidc_issuer": "https://idp.acme.example:8443"}),
        ("okta", "OIDC", {name: value for name, value in OIDC.items() if name != "client_id"}),
        ("okta", "OIDC", {**OIDC, "colour": "red"}),
        ("okta", "SAML", {"MetadataFile": "<not-metadata/>"}),
        ("okta", "SAML", {"MetadataFile": "not xml"}),
        ("okta", "SAML", {}),
        ("okta", "Google", {"client_id": "1", "client_secret": "2", "authorize_scopes": "openid"}),
        ("Google", "Google", {"client_id": "1", "authorize_scopes": "openid"}),
        ("COGNITO", "OIDC", OIDC),
    ],
)
def test_impossible_provider_is_refused(
    idp: CognitoIdentityProviderClient, name: str, kind: Any, details: dict[str, str]
) -> None:
    pool_id = make_pool(idp)
    with pytest.raises(ClientError) as caught:
        idp.create_identity_provider(UserPoolId=pool_id, ProviderName=name, ProviderType=kind, ProviderDetails=details)
    assert refusal(caught)[0] == "InvalidParameterException"


def test_providers_and_their_identifiers(idp: CognitoIdentityProviderClient) -> None:
    pool_id = make_pool(idp)
    made = idp.create_identity_provider(
        UserPoolId=pool_id,
        ProviderName="acme-saml",
        ProviderType="SAML",
        ProviderDetails={"MetadataFile": METADATA},
        AttributeMapping={"email": "mail"},
        IdpIdentifiers=["acme.example"],
    )["IdentityProvider"]
    assert made["ProviderDetails"]["SSORedirectBindingURI"] == "https://idp/sso"
    common: Any = {"UserPoolId": pool_id, "ProviderType": "OIDC", "ProviderDetails": OIDC}
    with pytest.raises(ClientError) as caught:
        idp.create_identity_provider(ProviderName="acme-saml", **common)
    assert refusal(caught)[0] == "DuplicateProviderException"
    with pytest.raises(ClientError) as caught:
        idp.create_identity_provider(ProviderName="okta", IdpIdentifiers=["acme.example"], **common)
    assert refusal(caught)[0] == "InvalidParameterException"
    with pytest.raises(ClientError) as caught:
        idp.create_identity_provider(ProviderName="okta", AttributeMapping={"custom:absent": "x"}, **common)
    assert refusal(caught)[0] == "InvalidParameterException"
    found = idp.get_identity_provider_by_identifier(UserPoolId=pool_id, IdpIdentifier="acme.example")
    assert found["IdentityProvider"]["ProviderName"] == "acme-saml"
    idp.update_identity_provider(UserPoolId=pool_id, ProviderName="acme-saml", IdpIdentifiers=["globex.example"])
    described = idp.describe_identity_provider(UserPoolId=pool_id, ProviderName="acme-saml")["IdentityProvider"]
    assert (described["AttributeMapping"], described["IdpIdentifiers"]) == ({"email": "mail"}, ["globex.example"])
    assert [item["ProviderName"] for item in idp.list_identity_providers(UserPoolId=pool_id)["Providers"]] == [
        "acme-saml"
    ]
    idp.delete_identity_provider(UserPoolId=pool_id, ProviderName="acme-saml")
    with pytest.raises(ClientError) as caught:
        idp.get_identity_provider_by_identifier(UserPoolId=pool_id, IdpIdentifier="globex.example")
    assert refusal(caught)[0] == "ResourceNotFoundException"


def test_sign_in_that_the_provider_begins_admits_nobody_else(idp: CognitoIdentityProviderClient) -> None:
    pool_id = make_pool(idp)
    details: Any = {"MetadataFile": METADATA, "IDPInit": "true"}
    for name, provider in (("acme-saml", details), ("globex-saml", {"MetadataFile": METADATA})):
        idp.create_identity_provider(
            UserPoolId=pool_id, ProviderName=name, ProviderType="SAML", ProviderDetails=provider
        )
    common: Any = {"UserPoolId": pool_id, "ClientName": "app"}
    with pytest.raises(ClientError) as caught:
        idp.create_user_pool_client(**common, SupportedIdentityProviders=["acme-saml", "COGNITO"])
    assert refusal(caught)[0] == "InvalidParameterException"
    names = ["acme-saml", "globex-saml"]
    made = idp.create_user_pool_client(**common, SupportedIdentityProviders=names)["UserPoolClient"]
    assert made["SupportedIdentityProviders"] == names


def test_encryption_certificate_is_the_providers_own_and_stays(idp: CognitoIdentityProviderClient) -> None:
    named: Any = {"UserPoolId": make_pool(idp), "ProviderName": "acme-saml"}
    encrypted: Any = {"MetadataFile": METADATA, "EncryptedResponses": "true"}
    idp.create_identity_provider(**named, ProviderType="SAML", ProviderDetails=encrypted)
    first = idp.describe_identity_provider(**named)["IdentityProvider"]["ProviderDetails"]
    with pytest.raises(ClientError) as caught:
        idp.update_identity_provider(**named, ProviderDetails=first)
    code, message = refusal(caught)
    assert code == "InvalidParameterException"
    assert message == "ActiveEncryptionCertificate is not a valid key for SAML identity provider details."
    # The other two that describe adds may be sent back.
    certificate = first.pop("ActiveEncryptionCertificate")
    idp.update_identity_provider(**named, ProviderDetails=first)
    idp.update_identity_provider(**named, ProviderDetails={"MetadataFile": METADATA})
    without = idp.describe_identity_provider(**named)["IdentityProvider"]["ProviderDetails"]
    assert without["ActiveEncryptionCertificate"] == certificate
