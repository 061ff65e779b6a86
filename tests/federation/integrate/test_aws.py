"""The templates for AWS are of the shape that AWS's own models have, and take our tokens, each the right one."""

import json
from dataclasses import dataclass
from typing import Any

import botocore.session
import jwt
import pytest
from botocore.model import Shape, StructureShape
from botocore.validate import ParamValidator
from pytest_django.fixtures import Settings

from federation.provider.mint import mint_access_token, mint_id_token, subject_of
from federation.provider.views import metadata
from federation.services.signing_keys import ensure_signing_keys, key_set
from tests.factories import ApplicationFactory, DirectoryUserFactory
from tests.factories.federation import make_family
from tests.federation.integrate import aws_rules
from tests.federation.integrate.templates import REFERENCES, cloudformation, terraform

ISSUER = "https://login.example"
AUDIENCE = "https://api.sample.example"
CLIENT_ID = "app_1"
ARN = REFERENCES["Provider"]
TEMPLATES = {
    "api-gateway": {"Issuer": ISSUER, "Audience": AUDIENCE, "Backend": "https://orders.example/"},
    "appsync": {"Issuer": ISSUER, "AudiencePattern": r"https://api\.sample\.example"},
    "iam": {"IssuerHost": "login.example", "ClientId": CLIENT_ID, "Bucket": "orders"},
}
# Of each type of resource: Terraform's name of it, and the operation of AWS's that makes it.
KINDS = {
    "AWS::ApiGatewayV2::Api": ("aws_apigatewayv2_api", "apigatewayv2", "CreateApi"),
    "AWS::ApiGatewayV2::Authorizer": ("aws_apigatewayv2_authorizer", "apigatewayv2", "CreateAuthorizer"),
    "AWS::ApiGatewayV2::Integration": ("aws_apigatewayv2_integration", "apigatewayv2", "CreateIntegration"),
    "AWS::ApiGatewayV2::Route": ("aws_apigatewayv2_route", "apigatewayv2", "CreateRoute"),
    "AWS::ApiGatewayV2::Stage": ("aws_apigatewayv2_stage", "apigatewayv2", "CreateStage"),
    "AWS::AppSync::GraphQLApi": ("aws_appsync_graphql_api", "appsync", "CreateGraphqlApi"),
    "AWS::IAM::OIDCProvider": ("aws_iam_openid_connect_provider", "iam", "CreateOpenIDConnectProvider"),
    "AWS::IAM::Role": ("aws_iam_role", "iam", "CreateRole"),
    "AWS::Cognito::IdentityPool": ("aws_cognito_identity_pool", "cognito-identity", "CreateIdentityPool"),
    "AWS::Cognito::IdentityPoolPrincipalTag": (
        "aws_cognito_identity_pool_provider_principal_tag",
        "cognito-identity",
        "SetPrincipalTagAttributeMap",
    ),
    "AWS::Cognito::IdentityPoolRoleAttachment": (
        "aws_cognito_identity_pool_roles_attachment",
        "cognito-identity",
        "SetIdentityPoolRoles",
    ),
}
# Where Terraform has a name of its own, or makes by itself what the operation wants.
_TERRAFORM = {"identitysources": "identitysource", "nameprefix": "rolename"}
_STAGE = {"name": "stagename"}
_SESSION = botocore.session.get_session()


def shape_of(service: str, operation: str) -> StructureShape:
    """The shape of an operation's parameters."""
    shape = _SESSION.get_service_model(service).operation_model(operation).input_shape
    assert isinstance(shape, StructureShape)
    return shape


@pytest.mark.parametrize("name", TEMPLATES)
def test_cloudformation_has_the_shape_of_the_api(name: str) -> None:
    for resource, described in cloudformation(name, **TEMPLATES[name]).items():
        _, service, operation = KINDS[described["Type"]]
        properties = dict(described["Properties"])
        if described["Type"] == "AWS::IAM::Role":
            # CloudFormation names the role by itself, and puts policies beside it by calls of their own.
            properties |= {"RoleName": "generated"}
            documents = [policy["PolicyDocument"] for policy in properties.pop("Policies", [])]
            trust = properties["AssumeRolePolicyDocument"]
            properties["AssumeRolePolicyDocument"] = trust if isinstance(trust, str) else json.dumps(trust)
            documents.append(json.loads(properties["AssumeRolePolicyDocument"]))
            assert all(document["Version"] == "2012-10-17" for document in documents)
        shape = shape_of(service, operation)
        report = ParamValidator().validate(_named_as(shape, properties), shape)
        assert not report.has_errors(), f"{resource}: {report.generate_report()}"


def _named_as(shape: Shape, value: Any) -> Any:
    """A value with its members named as in AWS's model: CloudFormation differs from that in capitals alone."""
    if isinstance(value, list):
        return [_named_as(getattr(shape, "member", shape), item) for item in value]
    if not isinstance(value, dict) or not isinstance(shape, StructureShape):
        return value
    names: dict[str, str] = {str(member).lower(): str(member) for member in shape.members}
    found: dict[str, Any] = {}
    for key, item in value.items():
        member = names.get(str(key).lower(), str(key))
        found[member] = _named_as(shape.members.get(member, shape), item)
    return found


@pytest.mark.parametrize("name", TEMPLATES)
def test_terraform_makes_the_same(name: str) -> None:
    made = cloudformation(name, **TEMPLATES[name])
    configured = terraform(name)
    wanted = [KINDS[described["Type"]][0] for described in made.values()]
    # Terraform puts a role's policy beside the role.
    policies = configured.pop("aws_iam_role_policy", [])
    assert len(policies) == sum("Policies" in described["Properties"] for described in made.values())
    assert sorted(kind for kind, those in configured.items() for _ in those) == sorted(wanted)
    for kind, service, operation in KINDS.values():
        members = {member.lower() for member in shape_of(service, operation).members}
        renamed = _TERRAFORM | (_STAGE if kind == "aws_apigatewayv2_stage" else {})
        for arguments in configured.get(kind, []):
            plain = {argument.replace("_", "") for argument in arguments}
            unknown = {renamed.get(argument, argument) for argument in plain} - members - {"assumerolepolicy"}
            assert not unknown, (kind, unknown)


@dataclass(frozen=True)
class Tokens:
    """Of one sign-in to an application that has the templates' values, and the published keys."""

    access: str
    identity: str
    keys: dict[str, Any]
    organization: str


@pytest.fixture
def tokens(db: None, settings: Settings) -> Tokens:
    """Tokens of ours from an issuer that AWS could reach: by https, with nothing behind the host."""
    settings.SIGNIN_URL = ISSUER
    ensure_signing_keys()
    application = ApplicationFactory.create(client_id=CLIENT_ID, audience=AUDIENCE)
    user = DirectoryUserFactory.create()
    subject = subject_of(make_family(user, application), "openid profile", (AUDIENCE,))
    access = mint_access_token(subject)
    document = metadata()
    assert (document["issuer"], document["jwks_uri"].startswith(f"{ISSUER}/")) == (ISSUER, True)
    return Tokens(access, mint_id_token(subject, access), key_set(), str(user.tenant_id))


def test_api_gateway_takes_access_tokens_alone(tokens: Tokens) -> None:
    made = cloudformation("api-gateway", **TEMPLATES["api-gateway"])
    jwt_settings = made["Authorizer"]["Properties"]["JwtConfiguration"]
    scopes = made["Route"]["Properties"]["AuthorizationScopes"]
    claims = aws_rules.api_gateway(tokens.access, tokens.keys, jwt_settings, scopes)
    assert claims["org_id"] == tokens.organization
    # The backend is on the internet: it is told nothing that whoever calls it directly could tell it as well.
    assert made["Integration"]["Properties"]["IntegrationUri"].startswith("https://")
    assert "RequestParameters" not in made["Integration"]["Properties"]
    [integration] = terraform("api-gateway")["aws_apigatewayv2_integration"]
    assert "request_parameters" not in integration
    with pytest.raises(aws_rules.Denied, match="the audience"):
        aws_rules.api_gateway(tokens.identity, tokens.keys, jwt_settings, scopes)
    with pytest.raises(aws_rules.Denied, match="the scope"):
        aws_rules.api_gateway(tokens.access, tokens.keys, jwt_settings, ["orders.write"])


def test_appsync_takes_access_tokens_alone(tokens: Tokens) -> None:
    oidc = cloudformation("appsync", **TEMPLATES["appsync"])["Api"]["Properties"]["OpenIDConnectConfig"]
    claims = aws_rules.appsync(tokens.access, tokens.keys, oidc)
    assert claims["org_id"] == tokens.organization
    # Whoever wants it has what the time since the sign-in is counted from.
    assert aws_rules.appsync(tokens.access, tokens.keys, {**oidc, "AuthTTL": 3_600_000})["auth_time"]
    with pytest.raises(aws_rules.Denied, match="the client"):
        aws_rules.appsync(tokens.identity, tokens.keys, oidc)


def test_iam_takes_id_tokens_alone(tokens: Tokens) -> None:
    made = cloudformation("iam", **TEMPLATES["iam"])
    provider = made["Provider"]["Properties"]
    trust = json.loads(made["DirectRole"]["Properties"]["AssumeRolePolicyDocument"])
    told = aws_rules.web_identity(tokens.identity, tokens.keys, provider, trust, ARN)
    assert told["login.example:aud"] == CLIENT_ID
    with pytest.raises(aws_rules.Denied, match="the audience"):
        aws_rules.web_identity(tokens.access, tokens.keys, provider, trust, ARN)


def test_an_identity_pool_tags_the_session_with_the_tenant(tokens: Tokens) -> None:
    made = cloudformation("iam", **TEMPLATES["iam"])
    assert made["IdentityPool"]["Properties"]["OpenIdConnectProviderARNs"] == [ARN]
    [(tag, claim)] = made["PrincipalTags"]["Properties"]["PrincipalTags"].items()
    value = jwt.decode(tokens.identity, options={"verify_signature": False})[claim]
    assert value == tokens.organization
    # The limits of a tag that IAM is to compare: developer guide, "Using attributes for access control".
    assert len(value) <= 256
    assert not {*"*?"} & {*value}
    [policy] = made["PoolRole"]["Properties"]["Policies"]
    [statement] = policy["PolicyDocument"]["Statement"]
    assert statement["Resource"] == f"arn:aws:s3:::orders/${{aws:PrincipalTag/{tag}}}/*"
    pool_trust = made["PoolRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]
    assert "sts:TagSession" in pool_trust["Action"]
