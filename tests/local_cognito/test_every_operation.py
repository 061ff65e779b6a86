"""Every operation the service offers, called once with success.

`RunningCognito.client` holds each answer against the model.
"""

from collections.abc import Callable, Iterable
from typing import Any

import pyotp
import pytest

from tests.local_cognito.browser import HTTP
from tests.local_cognito.cast import OTHER_PASSWORD, PASSWORD, make_place, next_code
from tests.local_cognito.mailbox import Mailbox
from tests.local_cognito.remembering import remembered, tracking
from tests.local_cognito.running import RunningCognito
from tests.local_cognito.test_clients import OIDC
from tests.support.authenticator import Passkey

pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow")

ADDRESS, OTHER_ADDRESS = "every.operation@acme.example", "every.session@acme.example"
NEW_ADDRESS = "every.sign.up@acme.example"


def offered_operations(cognito: RunningCognito, names: Iterable[str]) -> set[str]:
    """Those of the operations that the service knows."""
    answers = {name: cognito.post(name, {"Unknown": 1}).json()["__type"] for name in names}
    return {name for name, code in answers.items() if code != "UnknownOperationException"}


def _settings(idp: Any, pool_id: str) -> None:
    arn = idp.describe_user_pool(UserPoolId=pool_id)["UserPool"]["Arn"]
    idp.update_user_pool(UserPoolId=pool_id, PoolName="every")
    idp.add_custom_attributes(UserPoolId=pool_id, CustomAttributes=[{"Name": "plan", "AttributeDataType": "String"}])
    idp.set_user_pool_mfa_config(
        UserPoolId=pool_id, MfaConfiguration="OPTIONAL", SoftwareTokenMfaConfiguration={"Enabled": True}
    )
    idp.get_user_pool_mfa_config(UserPoolId=pool_id)
    idp.tag_resource(ResourceArn=arn, Tags={"a": "b"})
    idp.list_tags_for_resource(ResourceArn=arn)
    idp.untag_resource(ResourceArn=arn, TagKeys=["a"])
    idp.list_user_pools(MaxResults=60)
    idp.create_user_pool_domain(UserPoolId=pool_id, Domain="every-operation")
    idp.describe_user_pool_domain(Domain="every-operation")
    idp.update_user_pool_domain(UserPoolId=pool_id, Domain="every-operation", ManagedLoginVersion=2)


def _resources(idp: Any, pool_id: str, client_id: str) -> None:
    idp.describe_user_pool_client(UserPoolId=pool_id, ClientId=client_id)
    idp.list_user_pool_clients(UserPoolId=pool_id)
    server = {"UserPoolId": pool_id, "Identifier": "orders"}
    idp.create_resource_server(**server, Name="Orders")
    idp.describe_resource_server(**server)
    idp.update_resource_server(**server, Name="Orders")
    idp.list_resource_servers(UserPoolId=pool_id)
    idp.delete_resource_server(**server)
    provider = {"UserPoolId": pool_id, "ProviderName": "okta"}
    idp.create_identity_provider(**provider, ProviderType="OIDC", ProviderDetails=OIDC, IdpIdentifiers=["x"])
    idp.describe_identity_provider(**provider)
    idp.update_identity_provider(**provider, AttributeMapping={"email": "email"})
    idp.get_identity_provider_by_identifier(UserPoolId=pool_id, IdpIdentifier="x")
    idp.list_identity_providers(UserPoolId=pool_id)
    idp.delete_identity_provider(**provider)


def _looks(idp: Any, pool_id: str, client_id: str) -> None:
    client = {"UserPoolId": pool_id, "ClientId": client_id}
    style = idp.create_managed_login_branding(**client, UseCognitoProvidedValues=True)["ManagedLoginBranding"]
    named = {"UserPoolId": pool_id, "ManagedLoginBrandingId": style["ManagedLoginBrandingId"]}
    idp.update_managed_login_branding(
        **named,
        Settings={"categories": {"global": {"colorSchemeMode": "DARK"}}},
        Assets=[{"Category": "FORM_LOGO", "ColorMode": "DARK", "Extension": "PNG", "Bytes": b"png"}],
    )
    merged = idp.describe_managed_login_branding(**named, ReturnMergedResources=True)["ManagedLoginBranding"]
    assert merged["Settings"]["categories"]["global"]["spacingDensity"] == "REGULAR"
    idp.describe_managed_login_branding_by_client(**client)
    idp.delete_managed_login_branding(**named)
    idp.set_ui_customization(**client, CSS=".label-customizable { color: red }")
    idp.get_ui_customization(**client)


def _protection(idp: Any, pool_id: str) -> None:
    # Omitting the MFA mode would switch it off.
    idp.update_user_pool(
        UserPoolId=pool_id,
        UserPoolTier="PLUS",
        UserPoolAddOns={"AdvancedSecurityMode": "AUDIT"},
        MfaConfiguration="OPTIONAL",
    )
    idp.set_risk_configuration(
        UserPoolId=pool_id, CompromisedCredentialsRiskConfiguration={"Actions": {"EventAction": "BLOCK"}}
    )
    idp.describe_risk_configuration(UserPoolId=pool_id)
    entry = {
        "LogLevel": "ERROR",
        "EventSource": "userNotification",
        "CloudWatchLogsConfiguration": {"LogGroupArn": "arn:aws:logs:us-east-1:123456789012:log-group:every"},
    }
    idp.set_log_delivery_configuration(UserPoolId=pool_id, LogConfigurations=[entry])
    idp.get_log_delivery_configuration(UserPoolId=pool_id)
    idp.get_signing_certificate(UserPoolId=pool_id)


def _secrets(idp: Any, pool_id: str) -> None:
    made = idp.create_user_pool_client(UserPoolId=pool_id, ClientName="confidential", GenerateSecret=True)
    client = {"UserPoolId": pool_id, "ClientId": made["UserPoolClient"]["ClientId"]}
    added = idp.add_user_pool_client_secret(**client)["ClientSecretDescriptor"]
    idp.list_user_pool_client_secrets(**client)
    idp.delete_user_pool_client_secret(**client, ClientSecretId=added["ClientSecretId"])


def _imports(idp: Any, pool_id: str) -> None:
    columns = idp.get_csv_header(UserPoolId=pool_id)["CSVHeader"]
    role = "arn:aws:iam::123456789012:role/import"
    job = idp.create_user_import_job(UserPoolId=pool_id, JobName="every", CloudWatchLogsRoleArn=role)["UserImportJob"]
    headers = {"x-amz-server-side-encryption": "aws:kms"}
    assert HTTP.put(job["PreSignedUrl"], content=",".join(columns), headers=headers).status_code == 200
    named = {"UserPoolId": pool_id, "JobId": job["JobId"]}
    idp.start_user_import_job(**named)
    idp.stop_user_import_job(**named)
    assert idp.describe_user_import_job(**named)["UserImportJob"]["Status"] == "Stopped"
    idp.list_user_import_jobs(UserPoolId=pool_id, MaxResults=60)


def _links(idp: Any, pool_id: str) -> None:
    idp.create_identity_provider(UserPoolId=pool_id, ProviderName="okta", ProviderType="OIDC", ProviderDetails=OIDC)
    source = {"ProviderName": "okta", "ProviderAttributeName": "email", "ProviderAttributeValue": ADDRESS}
    destination = {"ProviderName": "Cognito", "ProviderAttributeValue": "ada"}
    idp.admin_link_provider_for_user(UserPoolId=pool_id, DestinationUser=destination, SourceUser=source)
    idp.admin_get_user(UserPoolId=pool_id, Username="ada")
    idp.admin_disable_provider_for_user(UserPoolId=pool_id, User=source)
    idp.admin_get_user_auth_factors(UserPoolId=pool_id, Username="ada")


def _people(idp: Any, pool_id: str) -> None:
    user, group = {"UserPoolId": pool_id, "Username": "ada"}, {"UserPoolId": pool_id, "GroupName": "admins"}
    idp.create_group(**group)
    idp.get_group(**group)
    idp.update_group(**group, Description="all")
    idp.list_groups(UserPoolId=pool_id)
    idp.admin_add_user_to_group(**user, GroupName="admins")
    idp.admin_list_groups_for_user(**user)
    idp.list_users_in_group(**group)
    idp.admin_remove_user_from_group(**user, GroupName="admins")
    idp.delete_group(**group)
    idp.admin_update_user_attributes(**user, UserAttributes=[{"Name": "given_name", "Value": "Ada"}])
    idp.admin_delete_user_attributes(**user, UserAttributeNames=["given_name"])
    idp.admin_get_user(**user)
    idp.list_users(UserPoolId=pool_id)
    idp.admin_disable_user(**user)
    idp.admin_enable_user(**user)


def _sign_in(idp: Any, place: Any) -> None:
    pool_id, client_id = place.pool_id, place.client_id
    parameters = {"USERNAME": "ada", "PASSWORD": PASSWORD}
    admin = {"UserPoolId": pool_id, "ClientId": client_id}
    idp.admin_initiate_auth(**admin, AuthFlow="ADMIN_USER_PASSWORD_AUTH", AuthParameters=parameters)
    result = place.srp("ada").authenticate_user()["AuthenticationResult"]
    access = result["AccessToken"]
    idp.get_user(AccessToken=access)
    totp = pyotp.TOTP(idp.associate_software_token(AccessToken=access)["SecretCode"])
    idp.verify_software_token(AccessToken=access, UserCode=totp.now())
    on = {"Enabled": True, "PreferredMfa": True}
    idp.set_user_mfa_preference(AccessToken=access, SoftwareTokenMfaSettings=on)
    idp.admin_set_user_mfa_preference(UserPoolId=pool_id, Username="ada", SoftwareTokenMfaSettings=on)
    session = place.password_sign_in("ada")["Session"]
    code = {"USERNAME": "ada", "SOFTWARE_TOKEN_MFA_CODE": next_code(totp)}
    idp.admin_respond_to_auth_challenge(
        **admin, ChallengeName="SOFTWARE_TOKEN_MFA", Session=session, ChallengeResponses=code
    )
    idp.admin_delete_software_token(UserPoolId=pool_id, Username="ada")
    idp.change_password(AccessToken=access, PreviousPassword=PASSWORD, ProposedPassword=OTHER_PASSWORD)
    idp.get_tokens_from_refresh_token(RefreshToken=result["RefreshToken"], ClientId=client_id)
    idp.revoke_token(Token=result["RefreshToken"], ClientId=client_id)
    idp.global_sign_out(
        AccessToken=place.password_sign_in("ada", OTHER_PASSWORD)["AuthenticationResult"]["AccessToken"]
    )
    idp.admin_user_global_sign_out(UserPoolId=pool_id, Username="ada")


def _passkeys(idp: Any) -> None:
    policy = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}}
    place, passkey = make_place(idp, pool={"Policies": policy}), Passkey("https://acme.example")
    idp.set_user_pool_mfa_config(UserPoolId=place.pool_id, WebAuthnConfiguration={"RelyingPartyId": "acme.example"})
    place.add_user("ada")
    token = {"AccessToken": place.password_sign_in("ada")["AuthenticationResult"]["AccessToken"]}
    options = idp.start_web_authn_registration(**token)["CredentialCreationOptions"]
    idp.complete_web_authn_registration(**token, Credential=passkey.made_for(options))
    idp.get_user_auth_factors(**token)
    idp.list_web_authn_credentials(**token)
    idp.delete_web_authn_credential(**token, CredentialId=passkey.id)


def _sessions(idp: Any, place: Any, code: Callable[[], str]) -> None:
    pool, client = {"UserPoolId": place.pool_id}, {"UserPoolId": place.pool_id, "ClientId": place.client_id}
    tracking = {"UserSessionTracking": "ENABLED", "TokenSession": {"MaxPerUser": 5}}
    idp.set_user_pool_session_configuration(**pool, **tracking)
    idp.get_user_pool_session_configuration(**pool)
    idp.set_user_pool_client_session_configuration(**client, SSOSession={"MaxValidityMinutes": 0})
    idp.get_user_pool_client_session_configuration(**client)
    place.add_user("holder", email=OTHER_ADDRESS)
    token, *_ = [place.password_sign_in("holder")["AuthenticationResult"]["AccessToken"] for _ in range(3)]
    idp.get_user_attribute_verification_code(AccessToken=token, AttributeName="email")
    idp.verify_user_attribute(AccessToken=token, AttributeName="email", Code=code())
    sessions = idp.list_user_sessions(AccessToken=token)["Sessions"]
    others = [session for session in sessions if not session["IsCurrentSession"]]
    idp.revoke_user_session(AccessToken=token, SessionId=others[0]["SessionId"])
    idp.admin_revoke_user_session(**pool, Username="holder", SessionId=others[1]["SessionId"])
    assert len(idp.admin_list_user_sessions(**pool, Username="holder")["Sessions"]) == 1


def _devices(idp: Any) -> None:
    place = tracking(idp)
    kept, result = remembered(place)
    gone, _ = remembered(place)
    remember = {"DeviceRememberedStatus": "remembered"}
    own, admin = {"AccessToken": result["AccessToken"]}, {"UserPoolId": place.pool_id, "Username": "ada"}
    idp.update_device_status(**own, DeviceKey=kept.key, **remember)
    idp.get_device(**own, DeviceKey=kept.key)
    idp.list_devices(**own)
    idp.forget_device(**own, DeviceKey=gone.key)
    idp.admin_update_device_status(**admin, DeviceKey=kept.key, **remember)
    idp.admin_get_device(**admin, DeviceKey=kept.key)
    idp.admin_list_devices(**admin)
    idp.admin_forget_device(**admin, DeviceKey=kept.key)


def _recovery(idp: Any, place: Any, code: Callable[[], str]) -> None:
    client = {"ClientId": place.client_id, "Username": "ada"}
    idp.forgot_password(**client)
    idp.confirm_forgot_password(**client, ConfirmationCode=code(), Password=PASSWORD)
    idp.admin_reset_user_password(UserPoolId=place.pool_id, Username="ada")


def _sign_up(idp: Any, place: Any, code: Callable[[], str]) -> None:
    client = {"ClientId": place.client_id, "Username": "newcomer"}
    idp.update_user_pool(UserPoolId=place.pool_id, UserPoolTier="PLUS", AutoVerifiedAttributes=["email"])
    idp.sign_up(**client, Password=PASSWORD, UserAttributes=[{"Name": "email", "Value": NEW_ADDRESS}])
    idp.resend_confirmation_code(**client)
    idp.confirm_sign_up(**client, ConfirmationCode=code())
    idp.sign_up(ClientId=place.client_id, Username="other", Password=PASSWORD)
    idp.admin_confirm_sign_up(UserPoolId=place.pool_id, Username="other")


def _ends(idp: Any, pool_id: str, client_id: str) -> None:
    idp.admin_delete_user(UserPoolId=pool_id, Username="ada")
    idp.update_user_pool_client(UserPoolId=pool_id, ClientId=client_id)
    idp.delete_user_pool_client(UserPoolId=pool_id, ClientId=client_id)
    idp.delete_user_pool_domain(UserPoolId=pool_id, Domain="every-operation")
    idp.delete_user_pool(UserPoolId=pool_id)


def _last_word(letter: str) -> str:
    return letter.strip().rpartition(" ")[2]


def test_every_operation_answers_as_the_model_says(cognito: RunningCognito, mailbox: Mailbox) -> None:
    idp = cognito.client()
    called: set[str] = set()
    idp.meta.events.register(
        "after-call.cognito-identity-provider",
        lambda model, http_response, **_: called.add(model.name) if http_response.status_code == 200 else None,
    )
    place = make_place(idp)
    place.add_user("ada", email=ADDRESS, email_verified="true")
    _settings(idp, place.pool_id)
    _resources(idp, place.pool_id, place.client_id)
    _looks(idp, place.pool_id, place.client_id)
    _protection(idp, place.pool_id)
    _secrets(idp, place.pool_id)
    _imports(idp, place.pool_id)
    _links(idp, place.pool_id)
    _people(idp, place.pool_id)
    _sign_in(idp, place)
    _passkeys(idp)
    _devices(idp)
    _sessions(idp, place, lambda: _last_word(mailbox.text_to(OTHER_ADDRESS)))
    _recovery(idp, place, lambda: _last_word(mailbox.text_to(ADDRESS)))
    _sign_up(idp, place, lambda: _last_word(mailbox.text_to(NEW_ADDRESS)))
    _ends(idp, place.pool_id, place.client_id)
    offered = offered_operations(cognito, idp.meta.service_model.operation_names)
    assert len(offered) == 119
    assert called == offered
