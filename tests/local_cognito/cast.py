"""Pools, clients and people that tests start from."""

import base64
import hashlib
import hmac
import time
from dataclasses import dataclass
from typing import Any

import pyotp
from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
from mypy_boto3_cognito_idp.type_defs import AttributeTypeTypeDef
from pycognito.aws_srp import AWSSRP

PASSWORD = "Correct-Horse-9"
OTHER_PASSWORD = "Battery-Staple-7"
ALL_FLOWS = [
    "ALLOW_USER_SRP_AUTH",
    "ALLOW_USER_PASSWORD_AUTH",
    "ALLOW_ADMIN_USER_PASSWORD_AUTH",
    "ALLOW_REFRESH_TOKEN_AUTH",
]


@dataclass(frozen=True)
class Place:
    """A pool with one client, and the boto3 client that made them."""

    idp: CognitoIdentityProviderClient
    pool_id: str
    client_id: str
    secret: str | None

    def secret_hash(self, username: str) -> str:
        """SECRET_HASH for this confidential client."""
        assert self.secret is not None
        digest = hmac.digest(self.secret.encode(), f"{username}{self.client_id}".encode(), hashlib.sha256)
        return base64.b64encode(digest).decode()

    def with_hash(self, username: str, **parameters: str) -> dict[str, str]:
        """Parameters with USERNAME, and SECRET_HASH where the client has a secret."""
        extra = {} if self.secret is None else {"SECRET_HASH": self.secret_hash(username)}
        return {"USERNAME": username, **extra, **parameters}

    def add_user(self, username: str, password: str = PASSWORD, **attributes: str) -> str:
        """A confirmed user; returns its sub."""
        given: list[AttributeTypeTypeDef] = [{"Name": name, "Value": value} for name, value in attributes.items()]
        answer = self.idp.admin_create_user(
            UserPoolId=self.pool_id, Username=username, UserAttributes=given, MessageAction="SUPPRESS"
        )
        self.idp.admin_set_user_password(UserPoolId=self.pool_id, Username=username, Password=password, Permanent=True)
        return {item["Name"]: item.get("Value", "") for item in answer["User"]["Attributes"]}["sub"]

    def password_sign_in(self, username: str, password: str = PASSWORD) -> Any:
        """InitiateAuth with USER_PASSWORD_AUTH."""
        return self.idp.initiate_auth(
            ClientId=self.client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters=self.with_hash(username, PASSWORD=password),
        )

    def respond(self, name: str, session: str, username: str, **responses: str) -> Any:
        """RespondToAuthChallenge."""
        return self.idp.respond_to_auth_challenge(
            ClientId=self.client_id,
            ChallengeName=name,  # type: ignore[arg-type]  # Any name.
            Session=session,
            ChallengeResponses=self.with_hash(username, **responses),
        )

    def srp(self, username: str, password: str = PASSWORD) -> AWSSRP:
        """An independent SRP client."""
        return AWSSRP(username, password, self.pool_id, self.client_id, client=self.idp, client_secret=self.secret)


def next_code(totp: pyotp.TOTP) -> str:
    """The code of the next half minute: it is good already, and newer than any that was used."""
    return totp.at(int(time.time()) + totp.interval)


def make_pool(idp: CognitoIdentityProviderClient, **settings: Any) -> str:
    """A pool with case-insensitive usernames."""
    given = {"PoolName": "test", "UsernameConfiguration": {"CaseSensitive": False}, **settings}
    return idp.create_user_pool(**given)["UserPool"]["Id"]


def make_place(
    idp: CognitoIdentityProviderClient, *, confidential: bool = False, pool: dict[str, Any] | None = None, **client: Any
) -> Place:
    """A pool with one client."""
    pool_id = make_pool(idp, **(pool or {}))
    settings: dict[str, Any] = {"ClientName": "app", "ExplicitAuthFlows": ALL_FLOWS, **client}
    made = idp.create_user_pool_client(UserPoolId=pool_id, GenerateSecret=confidential, **settings)["UserPoolClient"]
    return Place(idp, pool_id, made["ClientId"], made.get("ClientSecret"))
