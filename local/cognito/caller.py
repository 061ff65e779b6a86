"""Who calls: account and Region from a SigV4 header. Signatures themselves are not verified."""

import re
from dataclasses import dataclass

from local.cognito.clock import Clock
from local.cognito.dispatch import Caller
from local.cognito.errors import ServiceError
from local.cognito.store import Store

_CREDENTIAL = re.compile(
    r"AWS4-HMAC-SHA256 .*?Credential=(?P<key>[^/,\s]+)/\d{8}/"
    r"(?P<region>[a-z0-9-]+)/(?P<service>[a-z0-9-]+)/aws4_request"
)
_ACCOUNT = re.compile(r"\d{12}")
_TEMPORARY_PREFIX = "ASIA"


@dataclass(frozen=True)
class Scope:
    """A credential scope: access key, Region, and the service the signature is for."""

    key: str
    region: str
    service: str


def read_scope(authorization: str | None) -> Scope | None:
    """The scope of an Authorization header, or None for an unsigned request."""
    match = None if authorization is None else _CREDENTIAL.match(authorization)
    return None if match is None else Scope(match["key"], match["region"], match["service"])


def find_caller(store: Store, clock: Clock, default_account: str, scope: Scope | None) -> Caller:
    """Account and Region of a request for cognito-idp.

    A key of 12 digits is the account, temporary keys act in the account of the role they were issued for, any
    other key in `default_account`.
    """
    if scope is None:
        return Caller(default_account, None)
    if scope.service != "cognito-idp":
        message = "Credential should be scoped to correct service: 'cognito-idp'."
        raise ServiceError("InvalidSignatureException", message)
    if _ACCOUNT.fullmatch(scope.key):
        return Caller(scope.key, scope.region)
    if not scope.key.startswith(_TEMPORARY_PREFIX):
        return Caller(default_account, scope.region)
    with store.transaction():
        issued = store.get("meta", name=f"credentials/{scope.key}")
    if issued is None:
        message = "The security token included in the request is invalid."
        raise ServiceError("UnrecognizedClientException", message)
    if issued["expires"] <= clock.now():
        raise ServiceError("ExpiredTokenException", "The security token included in the request is expired")
    return Caller(str(issued["account"]), scope.region)
