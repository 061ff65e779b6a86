"""Who owns each field of a user: whose value stands when the directory and Cognito disagree. Data, and pure."""

from collections.abc import Mapping
from enum import StrEnum


class Owner(StrEnum):
    """Whose value wins."""

    LIFEGUARD = "lifeguard"
    COGNITO = "cognito"


class Origin(StrEnum):
    """Where a user came from, which decides who looks after them."""

    # By an invitation or an import of ours.
    HERE = "here"
    # Created in Cognito past us.
    THERE = "there"
    # Signed in through an identity provider, which sets their attributes again at each sign-in.
    PROVIDER = "provider"


class Field(StrEnum):
    """What Cognito says about a user, by the name of the column that keeps it; `enabled` is kept as the status."""

    STATUS = "cognito_status"
    SUB = "cognito_sub"
    ENABLED = "enabled"
    EMAIL = "email"
    EMAIL_VERIFIED = "email_verified"
    NAME = "name"


_L, _C = Owner.LIFEGUARD, Owner.COGNITO
_COLUMNS = (Origin.HERE, Origin.THERE, Origin.PROVIDER)
# Second factors are not here: listings do not show them, and sign-in records what it sees (`has_totp`).
OWNERS: Mapping[Field, Mapping[Origin, Owner]] = {
    field: dict(zip(_COLUMNS, owners, strict=True))
    for field, owners in {
        # What people do there: confirm, reset, be created anew.
        Field.STATUS: (_C, _C, _C),
        Field.SUB: (_C, _C, _C),
        # Who may sign in is decided here, for everybody.
        Field.ENABLED: (_L, _L, _L),
        # Sign-in finds people by their address, which is unique here and not there.
        Field.EMAIL: (_L, _L, _C),
        # The link in our invitation verifies an address. Of others we only know what Cognito says.
        Field.EMAIL_VERIFIED: (_L, _C, _C),
        Field.NAME: (_L, _C, _C),
    }.items()
}


def owner_of(field: Field, origin: Origin) -> Owner:
    """Return who owns a field of a user of that origin."""
    return OWNERS[field][origin]
