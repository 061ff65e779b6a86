"""How strongly somebody signed in: methods (RFC 8176) and the level that they amount to."""

ACR_PASSWORD = "urn:lifeguard:acr:password"  # noqa: S105  # The name of a level.
ACR_MULTI_FACTOR = "urn:lifeguard:acr:multi-factor"

AMR_PASSWORD = "pwd"  # noqa: S105  # The name of a method.
AMR_TOTP = "otp"
AMR_MULTI_FACTOR = "mfa"


def acr_of(amr: list[str]) -> str:
    """Return the level that the methods amount to."""
    return ACR_MULTI_FACTOR if AMR_MULTI_FACTOR in amr else ACR_PASSWORD
