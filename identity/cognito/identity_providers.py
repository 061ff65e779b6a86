"""Identity providers of a user pool."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import SecretStr

from identity.cognito import errors
from identity.cognito.calls import Priority
from identity.cognito.endpoint import PoolRef
from identity.cognito.gate import call

# The keys of ProviderDetails that hold a secret, by type; CreateIdentityProvider in botocore's service model.
_SECRETS = {"SAML": "", "SignInWithApple": "private_key"}
_SECRET = "client_secret"  # noqa: S105  # The name of a setting.
# What DescribeIdentityProvider returns besides what was sent (reference: the same description).
RETURNED_ONLY = frozenset(
    {
        "SSORedirectBindingURI",
        "SLORedirectBindingURI",
        "ActiveEncryptionCertificate",
        "attributes_url_add_attributes",
    }
)


@dataclass(frozen=True, slots=True)
class IdentityProvider:
    """An identity provider, as it should be or as Cognito describes it.

    Args:
        name: unique in the pool, fixed for social providers.
        type: "SAML", "OIDC", "Google", "Facebook", "LoginWithAmazon" or "SignInWithApple"; it never changes.
        details: ProviderDetails without the secret, and without what only Cognito says.
        secret: the client secret, or Apple's private key; Cognito returns it in clear.
        mapping: attributes of the pool by name, each with the claim that it is from.
        identifiers: by which a request can name it instead.
        encryption_certificate: of a SAML provider's own key pair, Base64; only Cognito says it, and only when it is
            asked to describe the provider.
    """

    name: str
    type: str
    details: Mapping[str, str]
    secret: SecretStr | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    identifiers: tuple[str, ...] = ()
    encryption_certificate: str = ""


def secret_key(provider_type: str) -> str:
    """Return the key of ProviderDetails that holds a type's secret; empty for SAML, which has none."""
    return _SECRETS.get(provider_type, _SECRET)


def describe(pool: PoolRef, name: str, *, priority: Priority) -> IdentityProvider | None:
    """Describe an identity provider; None where the pool has none of that name."""
    params = {"UserPoolId": pool.pool_id, "ProviderName": name}
    try:
        return _read(call(pool.endpoint, "DescribeIdentityProvider", params, priority=priority))
    except errors.NotFound:
        return None


def create(pool: PoolRef, provider: IdentityProvider, *, priority: Priority) -> IdentityProvider:
    """Create an identity provider.

    Raises:
        AlreadyExists: the pool has one of that name.
        InvalidRequest: its metadata, an address or a mapped attribute is not accepted.
        QuotaReached: the pool has as many as it may.
    """
    params = {**_request(pool, provider), "ProviderType": provider.type}
    return _read(call(pool.endpoint, "CreateIdentityProvider", params, priority=priority))


def update(pool: PoolRef, provider: IdentityProvider, *, priority: Priority) -> IdentityProvider:
    """Replace an identity provider's details, secret, mapping and identifiers: all of each is sent.

    Raises:
        NotFound: it is gone.
        InvalidRequest: as for `create`.
    """
    return _read(call(pool.endpoint, "UpdateIdentityProvider", _request(pool, provider), priority=priority))


def delete(pool: PoolRef, name: str, *, priority: Priority) -> None:
    """Delete an identity provider; one that is gone already is no error. No app client may list it any more."""
    with contextlib.suppress(errors.NotFound):
        params = {"UserPoolId": pool.pool_id, "ProviderName": name}
        call(pool.endpoint, "DeleteIdentityProvider", params, priority=priority)


def _request(pool: PoolRef, provider: IdentityProvider) -> dict[str, Any]:
    secret = {secret_key(provider.type): provider.secret.get_secret_value()} if provider.secret is not None else {}
    return {
        "UserPoolId": pool.pool_id,
        "ProviderName": provider.name,
        "ProviderDetails": {**provider.details, **secret},
        "AttributeMapping": dict(provider.mapping),
        "IdpIdentifiers": list(provider.identifiers),
    }


def _read(answer: Mapping[str, Any]) -> IdentityProvider:
    document = answer["IdentityProvider"]
    given, kind = document.get("ProviderDetails", {}), document["ProviderType"]
    hidden = secret_key(kind)
    secret = given.get(hidden)
    return IdentityProvider(
        name=document["ProviderName"],
        type=kind,
        details={name: text for name, text in given.items() if name != hidden and name not in RETURNED_ONLY},
        secret=SecretStr(secret) if secret else None,
        mapping=document.get("AttributeMapping", {}),
        identifiers=tuple(document.get("IdpIdentifiers", [])),
        encryption_certificate=given.get("ActiveEncryptionCertificate", ""),
    )
