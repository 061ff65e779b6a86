"""Whether an access token that verifies is still good, and whose it is: our own endpoints ask, since they can."""

import uuid

from federation.services.token_families import entitled_family
from identity.tokens import AccessTokenClaims, Holder


def holder_of(claims: AccessTokenClaims) -> Holder | None:
    """Return whose a token is; None where family, session, user, tenant or application are not what they were.

    The family is the one that the token's `jti` names, and has to be that of the token's own user.
    """
    try:
        family_id = uuid.UUID(hex=claims.token_id.partition(".")[0])
    except ValueError:
        return None
    family = entitled_family(family_id)
    if family is None or (family.tenant_id, family.user_id) != (claims.tenant_id, claims.subject):
        return None
    # Read together; each user knows their tenant.
    family.user.tenant = family.tenant
    return Holder(family.user, family.application)
