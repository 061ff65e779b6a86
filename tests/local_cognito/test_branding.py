"""Managed-login styles and the classic pages' branding."""

import secrets
from typing import Any

import pytest
from botocore.exceptions import ClientError
from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

from tests.local_cognito.cast import Place, make_place, make_pool
from tests.local_cognito.refusals import refusal
from tests.local_cognito.running import RunningCognito
from tests.support.cognito import LocalCognito

DARK = {"categories": {"global": {"colorSchemeMode": "DARK"}}}
LOGO: Any = {"Category": "FORM_LOGO", "ColorMode": "LIGHT", "Extension": "PNG", "Bytes": b"logo"}
PNG = b"\x89PNG\r\n\x1a\nrest"


@pytest.fixture
def place(idp: CognitoIdentityProviderClient) -> Place:
    return make_place(idp)


def _create(place: Place, **style: Any) -> Any:
    made = place.idp.create_managed_login_branding(UserPoolId=place.pool_id, ClientId=place.client_id, **style)
    return made["ManagedLoginBranding"]


def test_update_merges(place: Place) -> None:
    style = _create(place, Settings=DARK, Assets=[LOGO])
    named: Any = {"UserPoolId": place.pool_id, "ManagedLoginBrandingId": style["ManagedLoginBrandingId"]}
    other: Any = {**LOGO, "ColorMode": "DARK"}
    place.idp.update_managed_login_branding(
        **named, Settings={"categories": {"global": {"spacingDensity": "COMPACT"}}}, Assets=[other]
    )
    found = place.idp.describe_managed_login_branding(**named)["ManagedLoginBranding"]
    assert found["Settings"] == {"categories": {"global": {"colorSchemeMode": "DARK", "spacingDensity": "COMPACT"}}}
    assert [asset["ColorMode"] for asset in found["Assets"]] == ["LIGHT", "DARK"]
    by_client = place.idp.describe_managed_login_branding_by_client(
        UserPoolId=place.pool_id, ClientId=place.client_id, ReturnMergedResources=True
    )["ManagedLoginBranding"]
    button = by_client["Settings"]["components"]["primaryButton"]
    assert button["lightMode"]["defaults"]["backgroundColor"] == "0972d3ff"
    place.idp.update_managed_login_branding(**named, UseCognitoProvidedValues=True)
    reset = place.idp.describe_managed_login_branding(**named)["ManagedLoginBranding"]
    assert (reset["UseCognitoProvidedValues"], reset["Assets"]) == (True, [])
    assert "Settings" not in reset


def test_one_style_for_each_client(place: Place) -> None:
    style = _create(place, UseCognitoProvidedValues=True)
    with pytest.raises(ClientError) as caught:
        _create(place, Settings=DARK)
    assert refusal(caught)[0] == "ManagedLoginBrandingExistsException"
    place.idp.delete_managed_login_branding(
        UserPoolId=place.pool_id, ManagedLoginBrandingId=style["ManagedLoginBrandingId"]
    )
    again = _create(place, Settings=DARK)
    assert again["ManagedLoginBrandingId"] != style["ManagedLoginBrandingId"]
    place.idp.delete_user_pool_client(UserPoolId=place.pool_id, ClientId=place.client_id)
    for name in (style["ManagedLoginBrandingId"], again["ManagedLoginBrandingId"]):
        with pytest.raises(ClientError) as caught:
            place.idp.describe_managed_login_branding(UserPoolId=place.pool_id, ManagedLoginBrandingId=name)
        assert refusal(caught)[0] == "ResourceNotFoundException"


def test_twenty_styles_and_no_more(idp: CognitoIdentityProviderClient) -> None:
    pool_id = make_pool(idp)
    clients = [
        idp.create_user_pool_client(UserPoolId=pool_id, ClientName="app")["UserPoolClient"]["ClientId"]
        for _ in range(21)
    ]
    for client_id in clients[:20]:
        idp.create_managed_login_branding(UserPoolId=pool_id, ClientId=client_id, UseCognitoProvidedValues=True)
    with pytest.raises(ClientError) as caught:
        idp.create_managed_login_branding(UserPoolId=pool_id, ClientId=clients[20], UseCognitoProvidedValues=True)
    assert refusal(caught)[0] == "LimitExceededException"


@pytest.mark.parametrize(
    "style",
    [
        {},
        {"UseCognitoProvidedValues": True, "Settings": DARK},
        {"UseCognitoProvidedValues": True, "Assets": [LOGO]},
        {"Settings": {"colours": {}}},
        {"Settings": {"components": {"primaryButton": "red"}}},
        {"Settings": {"components": {"form": {"lightMode": {"backgroundColor": "#ffffff"}}}}},
        {"Settings": {"components": {"form": {"borderRadius": "round"}}}},
        {"Settings": {"components": {"form": {"logo": {"enabled": "yes"}}}}},
        {"Settings": {"categories": {"global": {"colorSchemeMode": "SEPIA"}}}},
        {"Settings": DARK, "Assets": [LOGO, LOGO]},
        {"Settings": DARK, "Assets": [{**LOGO, "Category": "FAVICON_ICO"}]},
        {"Settings": DARK, "Assets": [{name: LOGO[name] for name in ("Category", "ColorMode", "Extension")}]},
        {"Settings": DARK, "Assets": [{**LOGO, "Bytes": bytes(1_000_001)}]},
        {
            "Settings": DARK,
            "Assets": [{**LOGO, "ColorMode": mode, "Bytes": bytes(700_000)} for mode in ("LIGHT", "DARK", "DYNAMIC")],
        },
    ],
)
def test_impossible_style_is_refused(place: Place, style: dict[str, Any]) -> None:
    with pytest.raises(ClientError) as caught:
        _create(place, **style)
    assert refusal(caught)[0] == "InvalidParameterException"


def test_styles_need_the_essentials_plan(idp: CognitoIdentityProviderClient) -> None:
    with pytest.raises(ClientError) as caught:
        _create(make_place(idp, pool={"UserPoolTier": "LITE"}), UseCognitoProvidedValues=True)
    assert refusal(caught)[0] == "OperationNotEnabledException"


def test_client_without_a_style(place: Place) -> None:
    with pytest.raises(ClientError) as caught:
        place.idp.describe_managed_login_branding_by_client(UserPoolId=place.pool_id, ClientId=place.client_id)
    assert refusal(caught)[0] == "ResourceNotFoundException"
    with pytest.raises(ClientError) as caught:
        place.idp.update_managed_login_branding(UserPoolId=place.pool_id, Settings=DARK)
    assert refusal(caught)[0] == "InvalidParameterException"


def test_classic_branding_of_all_and_of_one(place: Place) -> None:
    named: Any = {"UserPoolId": place.pool_id}
    with pytest.raises(ClientError) as caught:
        place.idp.set_ui_customization(**named, CSS=".label-customizable {}")
    assert "domain" in refusal(caught)[1]
    place.idp.create_user_pool_domain(**named, Domain=f"classic-{secrets.token_hex(6)}")
    assert place.idp.get_ui_customization(**named)["UICustomization"] == {}
    css = ".submitButton-customizable:hover { color: #fff; }"
    place.idp.set_ui_customization(**named, CSS=css, ImageFile=PNG)
    inherited = place.idp.get_ui_customization(**named, ClientId=place.client_id)["UICustomization"]
    assert (inherited["ClientId"], inherited["CSS"]) == ("ALL", css)
    place.idp.set_ui_customization(**named, ClientId=place.client_id, CSS=".label-customizable { color: red }")
    own = place.idp.get_ui_customization(**named, ClientId=place.client_id)["UICustomization"]
    assert own["ClientId"] == place.client_id
    assert "ImageUrl" not in own
    place.idp.set_ui_customization(**named, CSS="")
    assert "ImageUrl" not in place.idp.get_ui_customization(**named)["UICustomization"]


@pytest.mark.parametrize(
    "branding",
    [
        {"CSS": "@import url(x);"},
        {"CSS": "body { color: red }"},
        {"CSS": ".footer-customizable { color: red }"},
        {"CSS": ".label-customizable { background: url(javascript:x) }"},
        {"ImageFile": b"GIF89a"},
        {"ImageFile": PNG + bytes(100 * 1024)},
    ],
)
def test_impossible_classic_branding_is_refused(place: Place, branding: dict[str, Any]) -> None:
    place.idp.create_user_pool_domain(UserPoolId=place.pool_id, Domain=f"classic-{secrets.token_hex(6)}")
    with pytest.raises(ClientError) as caught:
        place.idp.set_ui_customization(UserPoolId=place.pool_id, **branding)
    assert refusal(caught)[0] == "InvalidParameterException"


def test_resource_quotas_can_be_set(cognito: RunningCognito) -> None:
    control, idp = LocalCognito(cognito.url), cognito.client("555555555555")
    place = make_place(idp)
    details: Any = {"client_id": "1", "client_secret": "2", "authorize_scopes": "openid"}
    place.add_user("ada")
    idp.create_group(UserPoolId=place.pool_id, GroupName="first")
    over: Any = {
        "user_pools": lambda: make_pool(idp),
        "clients_per_pool": lambda: idp.create_user_pool_client(UserPoolId=place.pool_id, ClientName="second"),
        "groups_per_pool": lambda: idp.create_group(UserPoolId=place.pool_id, GroupName="second"),
        "groups_per_user": lambda: idp.admin_add_user_to_group(
            UserPoolId=place.pool_id, Username="ada", GroupName="first"
        ),
        "providers_per_pool": lambda: idp.create_identity_provider(
            UserPoolId=place.pool_id, ProviderName="Google", ProviderType="Google", ProviderDetails=details
        ),
        "resource_servers_per_pool": lambda: idp.create_resource_server(
            UserPoolId=place.pool_id, Identifier="orders", Name="Orders"
        ),
        "custom_domains": lambda: idp.create_user_pool_domain(
            UserPoolId=place.pool_id,
            Domain="auth.limits.example",
            CustomDomainConfig={"CertificateArn": "arn:aws:acm:us-east-1:555555555555:certificate/1"},
        ),
    }
    control.limit(**{name: 1 if name in ("user_pools", "clients_per_pool", "groups_per_pool") else 0 for name in over})
    try:
        for name, call in over.items():
            with pytest.raises(ClientError) as caught:
                call()
            assert refusal(caught)[0] == "LimitExceededException", name
    finally:
        control.limit(**dict.fromkeys(over))
    for call in over.values():
        call()
