"""The certificate with which a user pool signs what it sends to SAML identity providers."""

from identity.cognito.calls import Priority
from identity.cognito.endpoint import PoolRef
from identity.cognito.gate import call


def signing_certificate(pool: PoolRef, *, priority: Priority) -> str:
    """Return the pool's newest signing certificate, as Cognito has it: Base64, with or without PEM's lines around it.

    Each pool has one; sign-in requests are signed with it where a provider asks for that, sign-out requests always.
    Cognito makes a new one each year and signs with the newest; the public key stays the same (Developer Guide, "SAML
    signing and encryption").
    """
    answer = call(pool.endpoint, "GetSigningCertificate", {"UserPoolId": pool.pool_id}, priority=priority)
    return str(answer["Certificate"])
