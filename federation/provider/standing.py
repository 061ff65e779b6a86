"""Whether an access token that verifies is still good: our own endpoints ask, since they can."""

from federation.provider.mint import family_of
from federation.services.token_families import still_entitled
from identity.tokens import AccessTokenClaims


def still_stands(claims: AccessTokenClaims) -> bool:
    """Say whether the token's family, session, user, tenant and application all are as they were when it was issued."""
    family = family_of(claims)
    return family is not None and still_entitled(family)
