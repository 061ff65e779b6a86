"""How strongly somebody signed in: methods (RFC 8176) and the level that they amount to."""

ACR_PASSWORD = "urn:lifeguard:acr:password"  # noqa: S105  # The name of a level.
# By a code that was sent, or by a passkey, which nobody can be talked into giving away; neither stands for two factors.
ACR_CODE = "urn:lifeguard:acr:code"
ACR_PASSKEY = "urn:lifeguard:acr:passkey"
ACR_FEDERATED = "urn:lifeguard:acr:federated"
ACR_MULTI_FACTOR = "urn:lifeguard:acr:multi-factor"
# Everything that an ID token's `acr` can say.
LEVELS = (ACR_PASSWORD, ACR_CODE, ACR_PASSKEY, ACR_FEDERATED, ACR_MULTI_FACTOR)

AMR_PASSWORD = "pwd"  # noqa: S105  # The name of a method.
AMR_TOTP = "otp"
AMR_MULTI_FACTOR = "mfa"
AMR_SMS = "sms"
# Not in RFC 8176: its "otp" is of an app or a token, which no mailbox is.
AMR_EMAIL = "email"
# Possession of a key of which it is not known whether hardware keeps it: a passkey.
AMR_PASSKEY = "pop"
# Not in RFC 8176: no factor was shown, because one was in this browser not long ago. It is no level of its own.
AMR_REMEMBERED = "remembered"
# Not in RFC 8176, whose methods are ours to have seen: somebody else signed the person in. Entra ID says the same so.
AMR_FEDERATED = "fed"


def acr_of(amr: list[str]) -> str:
    """Return the level that the methods amount to."""
    if AMR_MULTI_FACTOR in amr:
        return ACR_MULTI_FACTOR
    if AMR_FEDERATED in amr:
        return ACR_FEDERATED
    if AMR_PASSKEY in amr:
        return ACR_PASSKEY
    return ACR_CODE if {AMR_EMAIL, AMR_SMS} & set(amr) else ACR_PASSWORD
