"""What a user can be asked for after the password (DG:user-pool-settings-mfa)."""

from local.cognito import one_time_codes
from local.cognito.model import Doc
from local.cognito.users import User

# By the names of UserMFASettingList (B:AdminGetUserResponse), which but for e-mail's are those of the challenges.
TOTP, SMS, EMAIL = "SOFTWARE_TOKEN_MFA", "SMS_MFA", "EMAIL_OTP"


def totp_offered(pool: Doc) -> bool:
    """Whether the pool allows software tokens."""
    return bool(pool.get("SoftwareTokenMfaConfiguration", {}).get("Enabled", False))


def offered(pool: Doc) -> list[str]:
    """The pool's second factors."""
    has = {SMS: "SmsConfiguration" in pool, TOTP: totp_offered(pool), EMAIL: "EmailMfaConfiguration" in pool}
    return [name for name, there in has.items() if there]


def possible(pool: Doc, user: User) -> list[str]:
    """Those of the pool's that the user has what it takes for: an enrolled token, a verified address."""
    return [name for name in offered(pool) if _has(pool, user, name)]


def _has(pool: Doc, user: User, name: str) -> bool:
    return user.totp is not None if name == TOTP else bool(one_time_codes.address_of(pool, user, name))


def active(pool: Doc, user: User) -> list[str]:
    """Those that a sign-in may ask for.

    They are what the user switched on; where that is nothing and MFA is required, all that are possible.
    """
    mode, can = pool["MfaConfiguration"], possible(pool, user)
    if mode == "OFF":
        return []
    chosen = [name for name in can if name in user.mfa]
    return can if mode == "ON" and not chosen else chosen


def needs_mfa(pool: Doc, user: User) -> bool:
    """Whether a password alone does not sign the user in."""
    return bool(pool["MfaConfiguration"] == "ON" or active(pool, user))
